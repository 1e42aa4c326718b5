"""Asking for help and deciding about it in tests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from matching.assistance.models_grants import Grant, Payment
from matching.extensions import db


def ask(client: Any, household_id: int, **values: Any) -> Any:
    """Fill and send the form as an officer would."""
    path = f"/assistance/{household_id}/ask-grant"
    return client.send(path, **{"help_type": "cash", "purpose": "临时救助", "member_id": "0", "policy": "",
                                "source": "fiscal", "giver": "双溪镇政府", "rhythm": "once", "amount": "3000",
                                "reason": "住院押金",
                                **({"papers": "住院证明"} if "is_green" in values else {}), **values})


def newest() -> Grant:
    """The grant that was asked for last."""
    db.session.expire_all()
    return db.session.scalars(select(Grant).order_by(Grant.id.desc())).first()  # type: ignore[return-value]


def payments() -> list[Payment]:
    """All payments."""
    db.session.expire_all()
    return list(db.session.scalars(select(Payment).order_by(Payment.id)))


def decide(client: Any, grant: Grant, decision: str = "approve", words: str = "") -> Any:
    """Send the form of a decision; asked anew each time."""
    return client.send(f"/assistance/{grant.id}/decide-grant", decision=decision, words=words)


def pay(client: Any, grant: Grant, **values: Any) -> Any:
    """Note a payment through the grant's page."""
    return client.send(f"/assistance/{grant.id}/show-grant", f"/assistance/{grant.id}/pay-grant", **values)
