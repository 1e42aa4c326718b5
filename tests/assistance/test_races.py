"""Two officers at once: what one does holds, the other hears of it; over HTTP, four processes, both databases.

Each race is also run on `tests.unguarded_money`, where it must be noticed. All races of one server are sent in one
go, each in a year of its own.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import func, select

from matching.assistance import service_lists as lists
from matching.assistance.models_grants import Grant, GrantDecision, Payment
from matching.assistance.models_lists import PaymentLine, PaymentList
from matching.clock import utc_now
from matching.extensions import db
from tests.days import today
from tests.factories import make_grant, make_household
from tests.pairings.test_races import AT_ONCE, Visitor, visit
from tests.people import COUNTY_A, TOWN_A1, People

FIRST_YEAR = 2015
MONTHS = range(1, 11)
MANY = 20
Call = tuple[str, str, dict[str, object]]
"""Who sends which form with what."""


@dataclass
class Race:
    """Forms that are sent in pairs at once, and a look at what came of them: what is wrong, told by the answers."""

    pairs: list[tuple[Call, Call]]
    wrong: Callable[[Sequence[tuple[int, int]]], Sequence[object]]


def of_month(month: date, **fields: object) -> Grant:
    """Approved help for one month alone."""
    return make_grant(**{"state": "approved", "rhythm": "month", "starts_on": month,
                         "until": month.replace(day=monthrange(month.year, month.month)[1]), **fields})


def a_list(area_code: str, month: date, grant: Grant) -> PaymentList:
    """An open list of a month with one line."""
    made = PaymentList(area_code=area_code, period=f"{month:%Y-%m}", made_at=utc_now())
    db.session.add(made)
    db.session.flush()
    db.session.add(PaymentLine(payment_list_id=made.id, grant_id=grant.id, household_id=grant.household_id,
                               amount_fen=grant.amount_fen, period=made.period))
    db.session.flush()
    return made


def months(year: int) -> list[date]:
    """The first days of ten months."""
    return [date(year, month, 1) for month in MONTHS]


def line_of(made: PaymentList) -> PaymentLine:
    """The one line of a list."""
    return db.session.scalars(select(PaymentLine).where(PaymentLine.payment_list_id == made.id)).one()


def freezing(who: str, made: PaymentList) -> Call:
    return who, f"/assistance/{made.id}/freeze-payment-list", {}


def paying(who: str, grant: Grant) -> Call:
    return who, f"/assistance/{grant.id}/pay-grant", {
        "paid_on": today().isoformat(), "period": "" if grant.rhythm == "once" else f"{grant.starts_on:%Y-%m}"}


def twice_listed(year: int) -> list[object]:
    """Help that stands for the same period of a year on two frozen lists, without having been sent back."""
    claims = Counter((grant.policy or grant.id, grant.household_id, line.period) for line, grant in db.session.execute(
        select(PaymentLine, Grant).join(Grant, Grant.id == PaymentLine.grant_id).join(
            PaymentList, PaymentList.id == PaymentLine.payment_list_id).where(
            PaymentList.state == "frozen", PaymentLine.state != "failed", PaymentLine.period.startswith(str(year)))))
    return [claim for claim, many in claims.items() if many > 1]


def approving_against_returning(_people: People, _year: int) -> Race:
    """One officer approves, another one returns the same request: one signature, and who comes second hears 409."""
    grants = [make_grant() for _ in range(MANY)]
    numbers = [grant.id for grant in grants]

    def wrong(answers: Sequence[tuple[int, int]]) -> list[object]:
        signed = dict(db.session.execute(
            select(GrantDecision.grant_id, func.count()).group_by(GrantDecision.grant_id)).all())
        states = dict(db.session.execute(select(Grant.id, Grant.state).where(Grant.id.in_(numbers))).all())
        return [number for number, pair in zip(numbers, answers, strict=True)
                if signed.get(number) != 1 or sorted(pair) != [302, 409]
                or states[number] != ("approved" if pair[0] == 302 else "returned")]

    return Race([(("town", f"/assistance/{grant.id}/decide-grant", {"decision": "approve", "stage": "1.0"}),
                  ("county", f"/assistance/{grant.id}/decide-grant",
                   {"decision": "return", "words": "缺材料", "stage": "1.0"})) for grant in grants], wrong)


def paying_against_freezing(_people: People, year: int) -> Race:
    """Help is noted as paid by hand while the list freezes on which it stands: paid, or claimed, never both."""
    pairs = []
    for month in months(year):
        grant = of_month(month)
        pairs.append((paying("county", grant), freezing("town", a_list(TOWN_A1, month, grant))))

    def wrong(_answers: object) -> Sequence[object]:
        return db.session.execute(select(Payment.id).join(PaymentLine, PaymentLine.grant_id == Payment.grant_id).join(
            PaymentList, PaymentList.id == PaymentLine.payment_list_id).where(
                PaymentList.state == "frozen", PaymentLine.period.startswith(str(year)))).all()

    return Race(pairs, wrong)


def failing_against_paying(people: People, year: int) -> Race:
    """The bank sends a line back while somebody notes it as paid: it is paid and claimed, or neither."""
    pairs = []
    for month in months(year):
        made = a_list(TOWN_A1, month, of_month(month))
        lists.freeze_list(made, people.town, utc_now())
        line = {"line_ids": line_of(made).id}
        pairs.append((("town", f"/assistance/{made.id}/fail-payment-lines", {**line, "reason": "账号不对"}),
                      ("county", f"/assistance/{made.id}/pay-payment-list", {**line, "paid_on": today().isoformat()})))

    def wrong(_answers: object) -> list[object]:
        rows = db.session.execute(select(PaymentLine, Payment.id).outerjoin(
            Payment, Payment.grant_id == PaymentLine.grant_id).where(PaymentLine.period.startswith(str(year)))).all()
        return [line for line, paid in rows if (line.state == "paid") != (paid is not None)
                or (line.state == "paid") != (line.claim is not None)]

    return Race(pairs, wrong)


def putting_back_against_freezing(people: People, year: int) -> Race:
    """A line that was sent back is put back on its list while a newer list freezes that holds it too."""
    pairs = []
    for month in months(year):
        grant = of_month(month, until=None)
        old = a_list(TOWN_A1, month, grant)
        lists.freeze_list(old, people.town, utc_now())
        line = line_of(old)
        line.state, line.claim = "failed", None
        newer = a_list(COUNTY_A, month, grant)
        pairs.append((("town", f"/assistance/{old.id}/put-back-payment-lines", {"line_ids": line.id}),
                      freezing("county", newer)))
    return Race(pairs, lambda _answers: twice_listed(year))


def freezing_twice(_people: People, year: int) -> Race:
    """Two officers freeze one list: one does, the other hears that it is frozen."""
    made = [a_list(TOWN_A1, month, of_month(month)) for month in months(year)]
    return Race([(freezing("town", one), freezing("county", one)) for one in made],
                lambda answers: [pair for pair in answers if sorted(pair) != [302, 409]])


def two_lists_of_one_policy(_people: People, year: int) -> Race:
    """Two lists freeze, each with another promise of the same policy to the same person for the same month."""
    pairs = []
    for month in months(year):
        home = make_household()
        first, second = (of_month(month, household=home, policy="nursing", member_id=home.members[0].id)
                         for _twice in range(2))
        pairs.append((freezing("town", a_list(TOWN_A1, month, first)),
                      freezing("county", a_list(COUNTY_A, month, second))))
    return Race(pairs, lambda _answers: twice_listed(year))


def paying_two_promises_of_one_policy(_people: People, year: int) -> Race:
    """Two promises of the same policy to the same person are paid for the same month: one is."""
    pairs = []
    for month in months(year):
        home = make_household()
        first, second = (of_month(month, household=home, policy="nursing", member_id=home.members[0].id)
                         for _twice in range(2))
        pairs.append((paying("town", first), paying("county", second)))

    def wrong(_answers: object) -> Sequence[object]:
        return db.session.execute(select(Payment.household_id, Payment.period).where(
            Payment.period.startswith(str(year))).group_by(
            Payment.household_id, Payment.period).having(func.count() > 1)).all()

    return Race(pairs, wrong)


RACES = (approving_against_returning, paying_against_freezing, failing_against_paying, putting_back_against_freezing,
         freezing_twice, two_lists_of_one_policy, paying_two_promises_of_one_policy)


def run(app, people: People, server) -> tuple[set[int], dict[str, Sequence[object]]]:
    """Run all races on a server, each with its pairs at once: the statuses seen, and by race what is wrong then."""
    races = [race(people, FIRST_YEAR + number) for number, race in enumerate(RACES)]
    db.session.commit()
    visitors: dict[str, Visitor] = {name: visit(app, server, name) for name in ("town", "county")}
    seen: set[int] = set()
    found: dict[str, Sequence[object]] = {}
    for race, made in zip(RACES, races, strict=True):
        with ThreadPoolExecutor(AT_ONCE) as team:
            sent = [tuple(team.submit(visitors[who].post, path, **values, submission_key=f"{path}{side}")
                          for side, (who, path, values) in enumerate(pair)) for pair in made.pairs]
            answers = [(first.result(), second.result()) for first, second in sent]
        seen |= {status for pair in answers for status in pair}
        db.session.expire_all()
        found[race.__name__] = made.wrong(answers)
        db.session.rollback()
    return seen, found


@pytest.mark.slow
def test_of_two_at_once_one_holds_and_nothing_is_paid_twice(app, people, real_server):
    seen, wrong = run(app, people, real_server(workers=4))
    assert wrong == {race.__name__: [] for race in RACES}
    assert seen <= {302, 409, 422}


@pytest.mark.slow
def test_control_without_its_guard_each_race_is_noticed(app, people, real_server):
    _seen, wrong = run(app, people, real_server(workers=4, application="tests.unguarded_money:app"))
    assert [name for name, found in wrong.items() if not found] == []
