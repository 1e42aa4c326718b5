"""Each role's first page says what is to be done, for whom and until when, in few statements."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from matching.actor import Role
from matching.clock import utc_now
from matching.extensions import db
from matching.jobs import JobSlot, SchedulerLease
from matching.offers.models import OfferClearance
from matching.todo.service import agenda_of
from matching.todo.service_overseers import NIGHTLY
from tests import factories
from tests.conftest import CheckedClient
from tests.days import today
from tests.people import COMMUNITY_A2A, COMMUNITY_B1A, COUNTY_A, People, sign_in
from tests.statements import selects


@pytest.mark.slow
@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_first_page_even_with_nothing_to_do(
        client: CheckedClient, people: People, role: Role) -> None:
    sign_in(client, people[str(role)])
    page = client.page("/todo")
    assert page.headings[0][0] == 1
    assert page.headings[0][1]


def test_a_stranger_is_sent_to_sign_in(client: CheckedClient) -> None:
    answer = client.get("/todo")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_with_nothing_to_do_the_page_says_so_and_what_comes_next(client: CheckedClient, people: People) -> None:
    page = sign_in(client, people.community).page("/todo")
    assert (1, "现在没有要办的事") in page.headings
    assert any(href.endswith("/households/list-households") for href, _text in page.links)


def test_proposals_are_counted_by_town_and_due_two_days_after_the_oldest(client: CheckedClient,
                                                                          people: People) -> None:
    for _ in range(2):
        factories.make_pairing(proposed_at=utc_now() - timedelta(days=2))
    factories.make_pairing(factories.make_need(factories.make_household(COMMUNITY_A2A)))
    page = sign_in(client, people.county).page("/todo")
    assert "批准 3 条结对建议" in page.text
    assert "双溪镇 2 条" in page.text
    assert "石桥镇 1 条" in page.text
    assert page.headings[0][1] == "今天要办 1 件"


def test_an_officer_sees_only_what_lies_in_reach(client: CheckedClient, people: People) -> None:
    factories.make_pairing(factories.make_need(factories.make_household(COMMUNITY_B1A)))
    factories.make_pairing(factories.make_need(factories.make_household(COMMUNITY_A2A)))
    assert "批准 1 条结对建议" in sign_in(client, people.county).page("/todo").text
    assert "批准" not in sign_in(client, people.community).page("/todo").text


def test_an_answer_that_is_late_comes_first_and_is_called_late(client: CheckedClient, people: People) -> None:
    factories.make_pairing()
    factories.make_pairing(state="offered", answer_by_on=today(-3))
    factories.make_pairing(state="offered", answer_by_on=today(3))
    page = sign_in(client, people.county).page("/todo")
    assert page.headings[0][1] == "今天要办 1 件，1 件已超期"
    assert "超期 3 天" in page.text
    assert sum("催 帮扶机构" in text for _href, text in page.links) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("state", "words"), [
    ("accepted", "是否同意"), ("delivered", "收到了帮助"), ("confirmed", "复核后销号")])
def test_each_state_that_waits_for_the_officer_is_a_task(client: CheckedClient, people: People, state: str,
                                                         words: str) -> None:
    pairing = factories.make_pairing(state=state)
    number = pairing.id
    page = sign_in(client, people.community).page("/todo")
    assert words in page.text
    assert any(f"/pairings/{number}/" in href for href, _text in page.links)


def test_more_than_five_of_a_state_are_one_line(client: CheckedClient, people: People) -> None:
    for _ in range(8):
        factories.make_pairing(state="delivered")
    page = sign_in(client, people.county).page("/todo")
    assert page.text.count("收到了帮助") == 5
    assert "另有 3 个结对等着确认收到" in page.text


def test_needs_without_an_offer_are_counted_by_type_and_open_their_rows(client: CheckedClient,
                                                                       people: People) -> None:
    factories.make_need(help_type="care")
    factories.make_need(help_type="care")
    factories.make_pairing(factories.make_need(help_type="job"))
    page = sign_in(client, people.county).page("/todo")
    assert "2 个需求还没有资源" in page.text
    assert [href for href, text in page.links if text == "2 个需求"] == [
        "/pairings/open-needs?help_type=care&lonely=1"]


def test_files_organisations_and_offers_that_wait_are_tasks_of_the_county(client: CheckedClient,
                                                                         people: People) -> None:
    factories.make_household(status="reported")
    factories.make_household(status="surveyed")
    factories.make_organisation(status="waiting")
    offer = factories.make_offer(people.charity2.organisation_id, reach="country")
    db.session.add(OfferClearance(offer_id=offer.id, county_code=COUNTY_A))
    factories.make_offer(ends_on=today(-1))
    text = sign_in(client, people.county).page("/todo").text
    for words in ("初步筛查 1 户", "组织核查 1 户", "核实 1 家新登记的机构", "答复 1 份外县来的资源",
                  "处理 1 份到期的资源"):
        assert words in text
    assert "核实 1 家" not in sign_in(client, people.town).page("/todo").text


def test_an_organisation_sees_the_need_but_no_name_before_consent(client: CheckedClient, people: People) -> None:
    household = factories.make_household(head_name="罗保密")
    offer = factories.make_offer(people.charity.organisation_id)
    for state in ("offered", "accepted"):
        factories.make_pairing(factories.make_need(household, summary="要人陪护"), offer, state,
                               answer_by_on=today())
    page = sign_in(client, people.charity).page("/todo")
    assert "答复一个需求：要人陪护" in page.text
    assert "罗保密" not in page.text
    assert page.headings[0][1] == "今天要办 1 件"


def test_after_consent_the_organisation_is_told_whom_to_help(client: CheckedClient, people: People) -> None:
    offer = factories.make_offer(people.charity.organisation_id)
    household = factories.make_household(head_name="罗建业")
    pairing = factories.make_pairing(factories.make_need(household), offer, "consented")
    number = pairing.id
    page = sign_in(client, people.charity).page("/todo")
    assert "联系 罗建业家" in page.text
    assert any(href == f"/pairings/{number}/our-pairing" for href, _text in page.links)


def test_another_organisation_sees_nothing_of_it(client: CheckedClient, people: People) -> None:
    offer = factories.make_offer(people.charity.organisation_id)
    factories.make_pairing(factories.make_need(), offer, "consented")
    factories.make_offer(people.charity2.organisation_id)
    assert "现在没有要办的事" in sign_in(client, people.charity2).page("/todo").text


def test_a_social_worker_sees_what_is_to_be_done_but_nothing_to_answer(client: CheckedClient,
                                                                       people: People) -> None:
    offer = factories.make_offer(people.agency.organisation_id)
    for state in ("offered", "under_way"):
        factories.make_pairing(factories.make_need(), offer, state, answer_by_on=today())
    text = sign_in(client, people.socialworker).page("/todo").text
    assert "正在帮" in text
    assert "答复" not in text


def test_an_organisation_without_offers_or_vetting_is_told_what_to_do(client: CheckedClient,
                                                                      people: People) -> None:
    assert "登记第一份资源" in sign_in(client, people.enterprise).page("/todo").text


def test_a_household_is_asked_what_only_it_can_say(client: CheckedClient, people: People) -> None:
    household = db.session.get_one(factories.Household, people.household.household_id)
    for state in ("accepted", "delivered", "under_way"):
        factories.make_pairing(factories.make_need(household), state=state)
    page = sign_in(client, people.household).page("/todo")
    assert page.headings[0][1] == "有 2 件事要您点头"
    assert "愿意来帮忙，您同意吗" in page.text
    assert "您收到了吗" in page.text


def test_a_household_with_nothing_to_answer_reads_what_is_going_on(client: CheckedClient, people: People) -> None:
    household = db.session.get_one(factories.Household, people.household.household_id)
    factories.make_pairing(factories.make_need(household), state="under_way")
    assert "有 1 件帮助正在办" in sign_in(client, people.household).page("/todo").text


def test_an_administrator_sees_a_scheduler_that_stands_still(client: CheckedClient, people: People) -> None:
    assert "定时任务没有在运行" in sign_in(client, people.admin).page("/todo").text
    db.session.add(SchedulerLease(name="scheduler", holder="here", expires_at=utc_now() + timedelta(minutes=5)))
    now = utc_now()
    db.session.add(JobSlot(job=NIGHTLY, slot_at=now, claimed_by="here", heartbeat_at=now, finished_at=now))
    text = client.page("/todo").text
    assert "定时任务没有在运行" not in text
    assert "已跑完" in text


def test_the_province_sees_its_counties_at_a_glance(client: CheckedClient, people: People) -> None:
    factories.make_need(factories.make_household(COMMUNITY_B1A))
    page = sign_in(client, people.province).page("/todo")
    assert ("/figures/overview?area=970102", "1 个需求没满足，0 个结对在进行") in page.links


def test_tasks_are_ordered_by_day_and_those_without_a_day_come_last(app: Flask, people: People) -> None:
    factories.make_household(status="reported")
    for days in (1, 9, 4):
        factories.make_pairing(state="accepted", changed_at=utc_now() - timedelta(days=days))
    tasks = agenda_of(people.county, utc_now()).tasks
    assert [task.due_on for task in tasks] == [
        today(day) for day in (-6, -1, 2)] + [None]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.slow
def test_the_page_needs_no_more_than_six_selects(client: CheckedClient, people: People, role: Role) -> None:
    offer = factories.make_offer(people.agency.organisation_id)
    for state in ("proposed", "offered", "accepted", "consented", "under_way", "delivered", "confirmed"):
        for _ in range(3):
            factories.make_pairing(factories.make_need(), offer, state, answer_by_on=today())
            offer = factories.make_offer(people.agency.organisation_id)
    sign_in(client, people[str(role)])
    with selects() as seen:
        answer = client.get("/todo")
    assert len(seen) <= 6, "\n".join(seen)
    assert len(answer.data) <= 40_000
