"""One household, one form, as PDF: masked until disclosed, recorded, or a clear error."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.audit.service import disclose
from matching.clock import utc_now
from matching.extensions import db
from matching.households import routes_print
from matching.households.service import add_to_timeline
from tests.factories import make_household, make_member, make_need, make_paper
from tests.households.numbers import identity
from tests.people import COMMUNITY_A1A

SECRETS = {"phone": "13700008123", "address": "坳下路 7 号后屋", "bank_account": "6222000011112222",
           "note": "夜里不敢出门"}


def path_of(household) -> str:
    return f"/households/{household.id}/household-pdf"


def full_household():
    household = make_household(head_name="何㛃", housing="grade_d", cause="illness", **SECRETS)
    make_member(household, name="何䶮", identity_number=identity(), illness="慢性肾衰竭", health="serious",
                disability_kind="limb", disability_grade=2, school_stage="primary", work_ability="none",
                monthly_income_fen=80_000, policies=["dibao"])
    need = make_need(household, "cash", quantity=20_000, unit="元", summary="住院费")
    make_paper(household, kind="bill")
    for kind in ("pairing.deliver", "pairing.confirm"):
        add_to_timeline(household.id, kind, None, utc_now(), pairing_id=7, need_id=need.id, help_type="cash",
                        organisation="青禾慈善会", quantity=16_000, unit="元")
    return household


@pytest.fixture
def printed(monkeypatch):
    """What was given to the form, as it was given."""
    given = []
    real = routes_print.pdf
    monkeypatch.setattr(routes_print, "pdf", lambda form, data: given.append(data) or real(form, data))
    return given


@pytest.mark.slow
def test_the_form_holds_what_the_page_holds_and_hides_what_is_hidden(client_of, printed):
    answer = client_of("town").get(path_of(full_household()))
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert "attachment" in answer.headers["Content-Disposition"]
    text = str(printed)
    for said in ("何㛃家 一户一表", "何䶮", "D 级，整体危房", "全家每月", "400 元", "收入不清楚的：何㛃，按 0 算。",
                 "肢体，2 级", "小学", "没有劳动能力", "低保", "住院费", "青禾慈善会", "16,000 元", "费用单据",
                 "****8123", "号码、住址和病情没有全部显示"):
        assert said in text, said
    assert not {value for value in (*SECRETS.values(), identity(), "慢性肾衰竭") if value in text}


@pytest.mark.slow
def test_with_a_disclosure_it_is_whole_and_making_it_is_recorded(client_of, people, printed):
    household = full_household()
    disclose(people.town, household, "visit", "", utc_now())
    client_of("town").get(path_of(household))
    assert all(value in str(printed) for value in (*SECRETS.values(), identity(), "慢性肾衰竭"))
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "household.print")).one()
    assert (entry.actor_id, entry.household_id, entry.why) == (people.town.user_id, household.id, "visit")


@pytest.mark.slow
def test_a_name_that_cannot_be_drawn_is_an_error_that_names_it(client_of):
    answer = client_of("town").get(path_of(make_household(head_name="何🙂")))
    assert answer.status_code == 422
    assert "🙂 U+1F642" in answer.get_data(as_text=True)
    assert db.session.scalar(select(AuditEntry.id)) is None


@pytest.mark.slow
def test_in_english(client_of, printed):
    client = client_of("town")
    client.send("/privacy", action="/choose-language", language="en")
    answer = client.get(path_of(full_household()))
    assert answer.status_code == 200
    assert printed[0]["lang"] == "en"


@pytest.mark.parametrize(("username", "status"), [
    ("county2", 404), ("other_town", 404), ("charity", 403), ("household", 403), ("admin", 403)])
def test_who_may_not(client_of, username, status):
    assert client_of(username).get(path_of(make_household(COMMUNITY_A1A))).status_code == status


def test_an_auditor_says_why_first(client_of):
    household = make_household()
    assert client_of("auditor").get(path_of(household)).location == f"/households/{household.id}/open-household"
