"""What was said in a report ends with its file, or a year after it was closed; its vault files with it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from matching import vault
from matching.clock import utc_now
from matching.extensions import db
from matching.households.models import Household
from matching.intake import service, service_erasure
from matching.intake.models import Report, ReportFile, ReportStep
from matching.pairings import service_erasure as files
from tests import factories
from tests.people import People


def test_erasing_a_file_erases_its_reports_and_those_joined_to_them(people: People) -> None:
    household = factories.make_household()
    first = factories.make_report(household_id=household.id)
    second = factories.make_report(state="closed", outcome="joined", step="", joined_to_id=first.id)
    other = factories.make_report()
    keys = {factories.make_report_file(report).vault_key for report in (first, second)}
    service.take_step(first, "verify", people.community, utc_now())
    files.ask_erasure(household, "asked", people.county, utc_now())
    gone = files.erase(db.session.get_one(Household, household.id), people.town, utc_now())
    assert set(gone) == keys
    assert db.session.scalars(select(Report.id)).all() == [other.id]
    assert db.session.scalars(select(ReportFile)).all() == []
    assert db.session.scalars(select(ReportStep)).all() == []


def test_a_closed_report_without_a_file_is_kept_for_a_year(people: People) -> None:
    now, closed = utc_now(), {"state": "closed", "outcome": "withdrawn", "step": ""}
    old = factories.make_report(**closed, closed_at=now - timedelta(days=366))
    kept = [factories.make_report(**closed, closed_at=now - timedelta(days=364)), factories.make_report(),
            factories.make_report(**closed, closed_at=now - timedelta(days=900),
                                  household_id=people.household.household_id)]
    key = factories.make_report_file(old).vault_key
    assert service_erasure.erase_due(now) == [key]
    db.session.flush()
    assert list(db.session.scalars(select(Report.id).order_by(Report.id))) == [report.id for report in kept]
    assert key not in vault.named()
