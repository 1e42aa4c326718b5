"""The list for the bank: whole, harmless, and taking it is recorded."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import select

from matching.assistance import service_lists as lists
from matching.audit.models import AuditEntry
from matching.clock import utc_now
from matching.extensions import db
from tests.assistance.test_make_payment_list import monthly
from tests.factories import make_household


def test_it_holds_the_accounts_and_who_took_it_is_written_down(client_of, people):
    home = make_household(bank_account="6222000011112222")
    monthly(household=home, purpose="低保金", amount_fen=8_334)
    found = lists.make_list("2026-02", people.town, utc_now())
    lists.freeze_list(found, people.town, utc_now())
    answer = client_of("town").get(f"/assistance/{found.id}/export-payment-list")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert rows[1] == [home.number, home.head_name, "6222000011112222", "低保金", "2026-02", "83.34"]
    taken = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "payment_list.export")).one()
    assert (taken.actor_id, taken.changes) == (people.town.user_id, {"lines": 1})


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["=1+1", "+8613", "-2", "@SUM(A1)", "\tx", "＝1", "＠x"])
def test_no_cell_is_a_formula(people, cell):
    monthly(purpose=cell)
    found = lists.make_list("2026-02", people.town, utc_now())
    lists.freeze_list(found, people.town, utc_now())
    assert f"'{cell}" in lists.bank_file(found, people.town, utc_now()).decode()


def test_only_those_who_pay_may_take_it(client_of, people):
    monthly()
    found = lists.make_list("2026-02", people.town, utc_now())
    lists.freeze_list(found, people.town, utc_now())
    for name, status in (("community", 403), ("auditor", 403), ("other_town", 404), ("county", 200)):
        assert client_of(name).get(f"/assistance/{found.id}/export-payment-list").status_code == status
