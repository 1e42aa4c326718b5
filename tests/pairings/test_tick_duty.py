"""The organisation, or an officer, writes down that something agreed was done."""

from __future__ import annotations

import pytest

from matching.extensions import db
from tests.days import today
from tests.factories import make_duty
from tests.pairings.test_duties import paired


@pytest.mark.parametrize("who", ["charity", "community"])
def test_tick_duty(client_of, people, who):
    duty = make_duty(paired(people), rhythm="year", starts_on=today(-400))
    path = f"/pairings/{duty.id}/tick-duty?period={today(-400).isoformat()}"
    answer = client_of(who).send(path, note="补上了")
    assert answer.status_code == 302
    db.session.expire_all()
    assert [(tick.period_on, tick.note) for tick in duty.ticks] == [(today(-400), "补上了")]
    assert client_of(who).get(path.replace(today(-400).isoformat(), "1999-01-01")).status_code == 404
