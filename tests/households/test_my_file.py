"""A household's own file: in plain words, with what was shared with whom, and its papers."""

from __future__ import annotations

from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.audit.service import record
from matching.clock import utc_now
from matching.extensions import db
from matching.households.models import Household
from matching.households.service import add_to_timeline
from tests.factories import make_household, make_member, make_paper
from tests.statements import selects

NEVER = ("贫困户", "困难户", "弱势", "审核不通过", "对象")


def own(people) -> Household:
    household = db.session.get_one(Household, people.household.household_id)
    household.phone, household.address = "13700008123", "坳下路 7 号"
    make_member(household, name="何小雨", illness="慢性肾衰竭", monthly_income_fen=90_000, policies=["dibao"])
    return household


def test_it_reads_its_own_file_in_plain_words(client_of, people):
    household = own(people)
    make_member(household, name="何大山", monthly_income_fen=None)
    paper = make_paper(household)
    page = client_of("household").page("/households/my-file")
    for said in ("何秀英", "13700008123", "坳下路 7 号", "慢性肾衰竭", "每人每月 450 元", "何大山的收入还没有问清楚",
                 "除了社区和民政的干部，还没有告诉过别人"):
        assert said in page.text, said
    assert f"/households/{paper.id}/show-paper" in [href for href, _ in page.links]
    assert not [word for word in NEVER if word in page.text]


def test_it_sees_what_was_shared_with_whom_and_when(client_of, people):
    household, now = own(people), utc_now()
    add_to_timeline(household.id, "pairing.consent", people.household, now, pairing_id=1, help_type="care",
                    organisation="青禾慈善会")
    for _ in range(2):
        record(people.charity, "household.contact", now, household_id=household.id,
               organisation_id=people.charity.organisation_id)
    page = client_of("household").page("/households/my-file")
    assert "您同意把姓名、电话和地址告诉青禾慈善会（照料陪伴）" in page.text
    assert "青禾慈善会" in page.text.split("第一次看了联系方式")[0]
    assert "除了社区和民政的干部" not in page.text


def test_the_look_is_recorded_without_the_households_name_and_costs_twelve_selects(client_of, people):
    household, client = own(people), client_of("household")
    with selects() as asked:
        client.page("/households/my-file")
    assert len(asked) <= 12
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.why, entry.household_id, entry.actor_name) == (
        "household.open", "own", household.id, "")


def test_another_households_file_has_no_address(client_of, people):
    other = make_household(head_name="别家")
    assert "别家" not in client_of("household").page("/households/my-file").text
    assert client_of("household").get(f"/households/{other.id}/show-household").status_code == 403
    assert client_of("town").get("/households/my-file").status_code == 403
