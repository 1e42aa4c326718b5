"""Papers that do not come: the money is asked back, once, and only when it went out and they are late."""

from __future__ import annotations

import pytest

from matching.assistance import service_grants as grants
from matching.clock import utc_now
from matching.extensions import db
from tests.assistance.asking import newest
from tests.assistance.breaking import told
from tests.days import today
from tests.factories import make_grant


@pytest.mark.slow
@pytest.mark.parametrize(("late_days", "is_paid", "status"), [(1, True, 302), (0, True, 409), (1, False, 409)])
def test_only_late_papers_of_what_was_paid(client_of, people, late_days, is_paid, status):
    grant = make_grant(is_green=True, state="approved", papers_due_on=today(-late_days))
    if is_paid:
        grants.pay_grant(grant, today(), people.town, utc_now())
    db.session.commit()
    path = f"/assistance/{grant.id}/demand-back"
    assert client_of("town").send(path, words="一直没有补").status_code == status
    assert (newest().stands, told("grant.demand")) == (("reclaim", 1) if status == 302 else ("approved", 0))
    if status == 302:
        assert "一直没有补" in newest().decision
        assert client_of("town").send(path, words="再要").status_code == 409
