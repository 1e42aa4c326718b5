"""Every act about money, broken off at each of its statements in turn: nothing of it is left (promise 9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from matching.assistance import queries
from matching.assistance import service_approvals as approvals
from matching.assistance import service_decisions as decisions
from matching.assistance import service_grants as grants
from matching.assistance import service_green as green
from matching.assistance import service_lines as lines
from matching.assistance import service_lists as lists
from matching.assistance import service_policies as policies
from matching.assistance.models import Gap, GapCheck, GapDecision, PolicyVersion
from matching.assistance.models_approvals import ApprovalRule
from matching.assistance.models_grants import Cost, Grant, GrantDecision, GrantPaper, Payment, Repayment
from matching.assistance.models_lists import PaymentLine, PaymentList
from matching.assistance.models_reckonings import GrantReckoning
from matching.assistance.service_cases import Case
from matching.assistance.service_standards import Version
from matching.audit.models import AuditEntry
from matching.clock import utc_now
from matching.extensions import db
from matching.households.models import Household, TimelineEntry
from matching.notices.models import Notice
from tests.assistance.breaking import Broken, breaking
from tests.assistance.test_make_payment_list import monthly
from tests.assistance.test_reckon_case import write
from tests.assistance.working import ask, work
from tests.days import today
from tests.factories import make_gap, make_grant, make_household
from tests.people import People

MOST = 60
ROWS = (Grant, Payment, GrantDecision, GrantPaper, Repayment, Cost, GrantReckoning, PaymentList, PaymentLine,
        PolicyVersion, ApprovalRule, GapDecision)
COUNTED = (AuditEntry, TimelineEntry, Notice, GapCheck)
Act = Callable[[], Any]


def all_that_is_there() -> list[Any]:
    """Every row about money, and how many there are of what tells of it."""
    db.session.expire_all()
    rows = [db.session.execute(select(model.__table__).order_by(model.__table__.c.id)).all() for model in ROWS]
    return [*rows, *(db.session.scalar(select(func.count()).select_from(model)) for model in COUNTED)]


def _facts(policy: str, fen: int) -> grants.GrantFacts:
    return grants.GrantFacts("cash", "x", "fiscal", "x", "once", fen, today(), None, "x", policy, is_green=True,
                             papers=("住院证明", "收入证明"))


def asking(people: People) -> Act:
    write("temporary", {"illness_urgent": 300_000})
    number = make_household().id

    def act() -> None:
        home = db.session.get_one(Household, number)
        told = {"policy": "temporary"}
        said = queries.reckoned_case(home, Case("temporary", cause="illness", severity="urgent"), today(), told)
        grants.ask_grant(home, _facts("temporary", 300_000), people.community, utc_now(), said)

    return act


def asking_again(people: People) -> Act:
    number = make_grant(state="returned", is_green=True).id
    return lambda: grants.change_grant(db.session.get_one(Grant, number), _facts("", 200_000), people.community,
                                       utc_now())


def signing(people: People) -> Act:
    number = make_grant(chain="town county").id
    return lambda: approvals.decide_grant(db.session.get_one(Grant, number), "approve", "", people.town, utc_now())


def ending(people: People) -> Act:
    number = monthly().id
    return lambda: grants.end_grant(db.session.get_one(Grant, number), date(2026, 3, 1), "x", people.town, utc_now())


def taking_the_last_paper(people: People) -> Act:
    number = make_grant(is_green=True).id

    def act() -> None:
        grant = db.session.get_one(Grant, number)
        green.take_paper(grant.papers[0], grant, people.town, utc_now())

    return act


def running_after_papers(people: People) -> Act:
    make_grant(is_green=True, papers_due_on=today(-1), asked_by_id=people.community.user_id)
    return lambda: green.run_after_papers(utc_now())


def _paid_green(people: People, **fields: object) -> int:
    grant = make_grant(is_green=True, papers_due_on=today(-1), **fields)
    grants.pay_grant(grant, today(), people.town, utc_now())
    return grant.id


def demanding_back(people: People) -> Act:
    number = _paid_green(people)
    return lambda: green.demand_back(db.session.get_one(Grant, number), "x", people.town, utc_now())


def reclaiming_with_the_rest_written_off(people: People) -> Act:
    number = _paid_green(people)
    green.demand_back(db.session.get_one(Grant, number), "x", people.town, utc_now())
    return lambda: green.reclaim_grant(db.session.get_one(Grant, number), 5_000, today(), "x", people.county, utc_now(),
                                       waive=True)


def making_a_list(people: People) -> Act:
    monthly()
    monthly()
    return lambda: lists.make_list("2026-02", people.town, utc_now())


def _frozen(people: People) -> tuple[int, list[int]]:
    monthly()
    monthly()
    made = lists.make_list("2026-02", people.town, utc_now())
    lists.freeze_list(made, people.town, utc_now())
    return made.id, list(db.session.scalars(select(PaymentLine.id).order_by(PaymentLine.id)))


def sending_back(people: People) -> Act:
    number, line_ids = _frozen(people)
    lines.pay_list(db.session.get_one(PaymentList, number), line_ids, today(), people.town, utc_now())
    return lambda: lines.fail_lines(db.session.get_one(PaymentList, number), line_ids, "账号不对", people.town,
                                    utc_now())


def putting_back(people: People) -> Act:
    number, line_ids = _frozen(people)
    lines.fail_lines(db.session.get_one(PaymentList, number), line_ids, "账号不对", people.town, utc_now())
    return lambda: lines.put_back_lines(db.session.get_one(PaymentList, number), line_ids, people.town, utc_now())


def saving_a_policy(people: People) -> Act:
    preview = policies.preview_policy(Version("housing", today(), None, {"cap": 100}, ("none",)), people.county,
                                      utc_now())
    number = work(preview).id
    return lambda: policies.save_policy(db.session.get_one(GapCheck, number), people.county, utc_now(), "x")


def asking_for_a_preview(people: People) -> Act:
    return lambda: policies.preview_policy(Version("housing", today(), None, {"cap": 100}, ("none",)), people.county,
                                           utc_now())


def writing_a_chain(people: People) -> Act:
    return lambda: approvals.write_rule("", today(), [approvals.Rung(None, "county county")], "x", people.county,
                                        utc_now())


def deciding_about_a_finding(people: People) -> Act:
    number = make_gap().id
    return lambda: decisions.decide(db.session.get_one(Gap, number), "passed_up", "x", people.town, utc_now())


def noting_a_cost(people: People) -> Act:
    number = make_household().id
    return lambda: grants.add_cost(db.session.get_one(Household, number), "x", 100, today(), people.town, utc_now())


ACTS = (asking, asking_again, signing, ending, taking_the_last_paper, running_after_papers, demanding_back,
        reclaiming_with_the_rest_written_off, making_a_list, sending_back, putting_back, saving_a_policy,
        asking_for_a_preview, writing_a_chain, deciding_about_a_finding, noting_a_cost)


@pytest.mark.slow
@pytest.mark.parametrize("made", ACTS, ids=lambda made: made.__name__)
def test_broken_off_at_any_statement_nothing_of_it_is_left(people, made):
    act = made(people)
    db.session.commit()
    before = all_that_is_there()
    for at in range(MOST):
        try:
            with breaking(at):
                act()
                db.session.commit()
            break
        except Broken:
            db.session.rollback()
            assert all_that_is_there() == before, f"statement {at}"
    assert 1 <= at < MOST - 1
    assert all_that_is_there() != before


@pytest.mark.slow
def test_a_gap_check_that_breaks_off_keeps_nothing_of_its_batch(people):
    home = make_household()
    home.members[0].disability_kind, home.members[0].disability_grade = "limb", 1
    number = ask().id
    for at in range(MOST):
        try:
            with breaking(at):
                work(db.session.get_one(GapCheck, number))
            break
        except Broken:
            db.session.rollback()
            check = db.session.get_one(GapCheck, number)
            found = db.session.scalar(select(func.count()).where(Gap.gap_check_id == number))
            assert check.state != "done"
            assert not found or check.done == check.total
            check.state = "waiting"
            db.session.commit()
    assert db.session.get_one(GapCheck, number).state == "done"
