"""A household's own page: what is being done for it, in its own words."""

from __future__ import annotations

from sqlalchemy import func, select

from matching.audit.models import AuditEntry
from matching.extensions import db
from matching.households.models import Household
from tests.factories import make_duty, make_follow_up, make_need, make_offer, make_organisation, make_pairing


def own_need(people, **fields):
    return make_need(db.session.get_one(Household, people.household.household_id), **fields)


def test_it_sees_who_helps_and_until_when_and_is_asked_one_thing(client_of, people):
    offer = make_offer(make_organisation(name="青禾慈善会"))
    make_pairing(own_need(people, summary="过冬棉被"), offer, "accepted", answer_by_on=offer.starts_on)
    page = client_of("household").page("/pairings/my-case")
    assert "有 1 件事要您说一声" in page.text
    assert "青禾慈善会" in page.text
    assert "过冬棉被" in page.text
    assert "同意，让他们来联系" in page.text


def test_what_it_is_asked_comes_first_and_each_help_says_how_far_it_has_come(client_of, people):
    make_pairing(own_need(people, summary="先登记的米油"), make_offer(help_type="care"), "under_way")
    make_pairing(own_need(people, summary="后登记的护理床"), state="delivered")
    text = client_of("household").page("/pairings/my-case").text
    assert text.index("后登记的护理床") < text.index("先登记的米油")
    assert "第 3 步，一共 5 步" in text
    assert "第 4 步，一共 5 步" in text


def test_it_reads_no_word_of_poverty(client_of, people):
    own_need(people)
    text = client_of("household").page("/pairings/my-case").text
    assert not [word for word in ("贫困", "困难户", "弱势", "审核不通过", "对象", "低保") if word in text]


def test_need_without_help_says_that_we_are_looking(client_of, people):
    own_need(people)
    assert "正在找能帮忙的单位" in client_of("household").page("/pairings/my-case").text


def test_other_households_help_is_not_shown(client_of, people):
    make_pairing(make_need(summary="别家的事"), state="accepted")
    assert "别家的事" not in client_of("household").page("/pairings/my-case").text


def test_each_opening_is_logged(client_of, people):
    client_of("household").page("/pairings/my-case")
    assert (
        db.session.scalar(
            select(func.count()).where(
                AuditEntry.action == "household.open", AuditEntry.actor_id == people.household.user_id
            )
        )
        == 1
    )


def test_it_reads_what_was_promised_and_when_somebody_looks(client_of, people):
    helping = make_pairing(own_need(people), state="under_way")
    make_duty(helping, what="上一次课", rhythm="week")
    make_follow_up(make_pairing(own_need(people), state="confirmed"), how="call")
    text = client_of("household").page("/pairings/my-case").text
    assert "他们答应的事" in text
    assert "上一次课" in text
    assert "前会有人打电话问您" in text
