"""Stories 2 and 7 of the field through the real pages, from asking to closing, with the clock moved."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from matching import jobs_clocks
from matching.assistance import queries_aid
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.intake.models import Report
from matching.intake.models_work import Task
from matching.notices.models import Notice
from tests.assistance.asking import ask as ask_grant
from tests.assistance.asking import decide, newest, pay, payments
from tests.assistance.test_money_stories import FOUR
from tests.conftest import CheckedClient
from tests.days import today
from tests.factories import make_household
from tests.intake.asking import send, slow
from tests.intake.desk import act, kinds, page_of
from tests.people import COUNTY_A, People

Client = Callable[[str], CheckedClient]
MONDAY = datetime(2026, 11, 30, 6, 5, tzinfo=UTC)  # 14:05 in Shanghai
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


@pytest.fixture(autouse=True)
def no_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms come back a minute after they were shown."""
    slow(monkeypatch)


def last_report() -> Report:
    """The report that was told last."""
    db.session.expire_all()
    return db.session.scalars(select(Report).order_by(Report.id.desc()).limit(1)).one()


def visit(client: CheckedClient, report: Report, result: str, note: str = "") -> None:
    """Make the visit of a report and say what came of it."""
    task = db.session.scalars(select(Task).where(Task.report_id == report.id, Task.done_at.is_(None))).one()
    assert client.send(f"/intake/{task.id}/show-task", result=result, note=note).location == "/intake/my-tasks"
    db.session.expire_all()


def link(client: CheckedClient, report: Report, name: str, household_id: int) -> None:
    """Say whose file a report is about, found by name."""
    page = client.page(f"/intake/{report.id}/link-report?written={name}")
    form = next(form for form in page.forms if "submission_key" in form.values)
    assert client.post(form.action or "", data={
        **form.values, "household_id": household_id, "known_by": "met"}).location == page_of(report)


def case(client: CheckedClient, code: str, last_four: str) -> str:
    """What a case says to who holds its code and telephone."""
    assert client.send("/case", code=code, last_four=last_four).status_code == 303
    return client.page("/case").text


def told_to(report: Report) -> list[tuple[str, str]]:
    """What the asker was told by telephone: the kind and the step."""
    rows = db.session.scalars(select(Notice).where(Notice.recipient == f"report:{report.id}").order_by(Notice.id))
    return [(row.kind, row.details.get("step", "")) for row in rows]


@pytest.mark.slow
def test_scenario_2_from_the_telephone_to_3000_yuan_and_the_allowance(
        client: CheckedClient, new_client: Callable[[], CheckedClient], client_of: Client, people: People,
        time_machine: Any) -> None:
    home = make_household(head_name="陈福生")
    time_machine.move_to(MONDAY, tick=False)
    said = "一周三次透析，这个月药费没有了"
    assert send(client, kinds=["medical", "cash"], name="陈福生", words=said).status_code == 303
    found = CODE.search(client.page("/intake/asked").text)
    assert found
    code, report = found.group(), last_report()
    assert (report.urgency, report.owner_id) == (4, people.community.user_id)
    task = db.session.scalars(select(Task)).one()
    assert task.due_on == day_of(MONDAY + DAY), "a visit is due the next day"

    time_machine.move_to(MONDAY + 2 * HOUR, tick=False)  # the first asked sends the social worker
    community = client_of("community")
    assert community.send(f"/intake/{task.id}/show-task", f"/intake/{task.id}/reassign-task",
                          assigned_id=str(people.socialworker.user_id), due_on=task.due_on.isoformat()
                          ).status_code == 302

    time_machine.move_to(MONDAY + DAY - 5 * HOUR, tick=False)  # 9:05 of the next day
    db.session.commit()
    assert jobs_clocks.run(utc_now()) == Counter(due=1, task_due=1)
    worker = client_of("socialworker")
    assert "今天 1 家" in worker.page("/intake/my-tasks").headings[0][1]
    visit(worker, report, "urgent", "透析欠费，药只够两天")
    report = last_report()
    assert (report.state, report.urgency, report.owner_id) == ("verified", 5, people.community.user_id)
    told = db.session.scalars(select(Notice.user_id).where(Notice.kind == "task_done"))
    assert people.town.user_id in set(told), "the town is told"

    community, town, county = client_of("community"), client_of("town"), client_of("county")
    link(community, report, "陈福生", home.id)
    ask_grant(community, home.id, amount="3000", is_green="y", papers="住院证明\n收入证明", reason="每周透析三次",
              starts_on=today().isoformat())
    pay(town, newest(), paid_on=today().isoformat())
    assert newest().owes_papers, "money at once, papers by a day"
    act(community, report, "advance-report", note="先发临时救助，再办低保")
    text = case(new_client(), code, "4471")
    assert "收到 3,000 元" in text
    assert people.community.name in text
    first = newest()
    for paper in first.papers:
        path = f"/assistance/{paper.id}/take-paper"
        town.post(path, data=town.page(f"/assistance/{first.id}/show-grant").form(path).values)
    decide(county, newest())
    ask_grant(community, home.id, amount="775", rhythm="month", purpose="低保金", policy="dibao", giver="区民政局",
              starts_on=today().isoformat())
    decide(county, newest())
    town.send("/assistance/list-payment-lists", "/assistance/make-payment-list", period=f"{today():%Y-%m}")

    time_machine.move_to(MONDAY + 5 * DAY, tick=False)
    act(client_of("community"), report, "close-report", outcome="helped")
    report = last_report()
    assert kinds(report) == ["receive", "plan", "visited", "verify", "link", "help", "close"]
    assert told_to(report) == [("report_received", ""), ("report_step", "checking"), ("report_step", "helped"),
                               ("report_step", "closed")]
    assert "帮上了，这件事办好了" in case(new_client(), code, "4471")
    assert [payment.amount_fen for payment in payments()][:1] == [300_000]
    db.session.commit()
    assert jobs_clocks.run(MONDAY + 60 * DAY) == Counter(), "no clock runs on"


@pytest.mark.slow
@pytest.mark.parametrize(("asked", "qualified", "told_again"), [
    pytest.param(43, 20, 0, id="the story's"), (5, 2, 2), (2, 2, 1)])
def test_scenario_2_in_a_quarter_so_many_asked_and_so_many_qualified(
        client_of: Client, new_client: Callable[[], CheckedClient], people: People, time_machine: Any,
        asked: int, qualified: int, told_again: int) -> None:
    """The story: in three months 43 asked and 20 qualified. `told_again`: so many tell the same trouble twice."""
    for number in range(asked):
        time_machine.move_to(MONDAY + number * 2 * DAY, tick=False)
        for _time in range(2 if number < told_again else 1):
            assert send(new_client(), phone=f"139000101{number:02}").status_code == 303
        report = db.session.scalars(select(Report).where(Report.state == "received")).one()
        assert not report.is_doubtful
        time_machine.move_to(MONDAY + number * 2 * DAY + 20 * HOUR, tick=False)
        community = client_of("community")
        visit(community, report, "hardship" if number < qualified else "managing")
        if number < qualified:
            act(community, report, "advance-report")
            act(community, report, "close-report", outcome="helped")
        else:
            act(community, report, "close-report", outcome="not_qualified", note="家里的收入高出标准，告诉了别的办法")
    outcomes = Counter(db.session.scalars(select(Report.outcome)))
    assert outcomes == +Counter(helped=qualified, not_qualified=asked - qualified, joined=told_again)
    last = db.session.scalars(select(func.max(Report.created_at))).one()
    assert (last - MONDAY).days < 92, "a quarter"
    page = client_of("county").page(
        f"/figures/sources?area={COUNTY_A}&from={day_of(MONDAY)}&to={day_of(MONDAY + 91 * DAY)}")
    assert page.headings[0] == (1, f"青禾县有 {asked} 件难处报上来，帮上 {qualified} 件")
    db.session.commit()
    assert jobs_clocks.run(utc_now() + 30 * DAY) == Counter(), "nobody was forgotten"


@pytest.mark.slow
def test_scenario_7a_and_7b_found_by_an_information_worker_40200_yuan_from_four(
        client_of: Client, people: People, time_machine: Any) -> None:
    home, community, county = make_household(head_name="罗小梅"), client_of("community"), client_of("county")
    informant = client_of("informant")
    assert send(informant, "/intake/report-hardship", kinds=["medical", "cash"], name="罗小梅家的女儿", place="坳下村",
                words="孩子得了白血病，住院押金交不上").status_code == 303
    report = last_report()
    assert (report.origin, report.reporter_id) == ("informant", people.informant.user_id)
    visit(community, report, "urgent", "账单已经十万多")
    link(community, report, "罗小梅", home.id)
    community.send(f"/assistance/{home.id}/add-cost", what="白血病住院治疗", amount="100000")
    act(community, report, "advance-report", note="四家一起帮")
    for purpose, source, giver, yuan, ago, kind in FOUR:
        day = today(-ago).isoformat()
        ask_grant(community, home.id, purpose=purpose, source=source, giver=giver, amount=yuan, help_type=kind,
                  starts_on=day)
        decide(county, newest())
        pay(county, newest(), paid_on=day)
    package = queries_aid.package_of(home.id, today())
    assert (package.total_fen, package.givers) == (4_020_000, 4)
    act(community, report, "close-report", outcome="helped")
    assert informant.page("/intake/my-reports").headings[0] == (1, "报了 1 件，帮上 1 件，还在办 0 件")
    assert "帮上了" in informant.page("/todo").text
    told = db.session.scalars(select(Notice.kind).where(Notice.user_id == people.informant.user_id)).all()
    assert set(told) == {"report_moved"}, "who reported it hears each step"


@pytest.mark.slow
def test_story_7_a_crisis_that_the_village_cannot_hold_is_with_the_county_the_same_day(
        client_of: Client, people: People) -> None:
    community, town = client_of("community"), client_of("town")
    assert send(community, "/intake/report-hardship", kinds=["counselling", "medical"], place="坳下村",
                words="儿子发病，在家砸东西，说不想活了").status_code == 303
    report = last_report()
    assert (report.origin, report.urgency) == ("officer", 5)
    act(community, report, "hand-up-report", why="要派出所和医院一起去")
    act(town, report, "hand-up-report", why="要县里出面")
    report = last_report()
    assert report.owner_id == people.county.user_id
    assert report.due_at is not None
    assert report.due_at - utc_now() < DAY
    county = client_of("county")
    assert "过了日子" not in county.page("/intake/triage?mine=1").headings[0][1]
    visit(county, report, "urgent", "已经送医院")
    act(county, report, "advance-report", note="先发 2,000 元")
    assert last_report().state == "helping"
