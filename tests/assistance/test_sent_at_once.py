"""Each form that makes something, sent eight times at once, makes one (promise 4)."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from matching.assistance.models_approvals import ApprovalRule, Recusal, Substitute
from matching.assistance.models_grants import Cost, Grant, Payment, Repayment
from matching.assistance.models_lists import PaymentList
from matching.assistance.models_reckonings import GrantReckoning
from matching.clock import utc_now
from matching.extensions import db
from matching.pairings.models_menus import Menu, MenuItem, MenuReview
from tests.assistance.test_make_payment_list import monthly
from tests.assistance.test_reckon_case import write
from tests.days import today
from tests.factories import make_grant, make_household, make_menu
from tests.pairings.test_races import click_all, visit
from tests.people import People


def forms(people: People) -> list[tuple[str, str, dict[str, object], type]]:
    """(who, path, values, what it makes) of every form about money and menus that makes a row."""
    home, now = make_household(), today().isoformat()
    talked = make_menu(home, state="discussed", discussing=home.id, agreed_at=None, review_on=None)
    back = make_grant(state="refused", reclaim="due", is_green=True)
    db.session.add(Payment(grant_id=back.id, household_id=back.household_id, amount_fen=200_000, paid_on=today(),
                           period="once", recorded_at=utc_now()))
    monthly()
    write("temporary", {"other_urgent": 10_000})
    asked = {"help_type": "cash", "purpose": "x", "member_id": 0, "cost_id": 0, "policy": "", "source": "fiscal",
             "giver": "x", "rhythm": "once", "amount": "100", "starts_on": now, "reason": "x"}
    return [
        ("community", f"/assistance/{home.id}/ask-grant", asked, Grant),
        ("community", f"/assistance/{home.id}/ask-grant?policy=temporary&cause=other&severity=urgent&on={now}",
         asked | {"policy": "temporary"}, GrantReckoning),
        ("community", f"/assistance/{home.id}/add-cost", {"what": "x", "amount": "9", "known_on": now}, Cost),
        ("county", "/assistance/change-approval-rule", {"starts_on": now, "chain_3": "county", "reason": "x"},
         ApprovalRule),
        ("town", "/assistance/name-substitute", {
            "absent_id": people.town.user_id, "substitute_id": people.other_town.user_id, "starts_on": now,
            "until": today(9).isoformat()}, Substitute),
        ("town", f"/assistance/{home.id}/declare-tie", {"tie": "kin"}, Recusal),
        ("town", "/assistance/make-payment-list", {"period": "2026-02"}, PaymentList),
        ("town", f"/assistance/{back.id}/reclaim-grant", {"amount": "5", "back_on": now}, Repayment),
        ("community", f"/pairings/{make_household().id}/draw-menu", {}, Menu),
        ("community", f"/pairings/{talked.id}/add-menu-item", {"help_type": "care", "what": "x", "per": "once"},
         MenuItem),
        ("community", f"/pairings/{make_menu(make_household()).id}/review-menu", {
            "reviewed_on": now, "words": "x", "next_on": today(9).isoformat()}, MenuReview)]


@pytest.mark.slow
def test_sent_eight_times_at_once_each_form_makes_one(app, people, real_server):
    made = forms(people)
    db.session.commit()
    server = real_server(workers=4)
    visitors = {name: visit(app, server, name) for name in ("community", "town", "county")}
    for number, (who, path, values, model) in enumerate(made):
        before = db.session.scalar(select(func.count()).select_from(model))
        db.session.rollback()
        codes = click_all([visitors[who]], [(path, values | {"submission_key": f"one-{number}"})] * 8)
        assert codes == {302: 8}, path
        assert db.session.scalar(select(func.count()).select_from(model)) == (before or 0) + 1, path
        db.session.rollback()
