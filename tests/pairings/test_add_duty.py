"""An officer agrees on something with the organisation."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.extensions import db
from matching.pairings.models_life import Duty
from tests.days import today
from tests.pairings.test_duties import paired


@pytest.mark.slow
def test_add_duty(client_of, people):
    pairing, client = paired(people), client_of("community")
    page = client.page(f"/pairings/{pairing.id}/add-duty")
    assert page.form(f"/pairings/{pairing.id}/add-duty").values["rhythm"] == "year", "the usual one for schooling"
    assert client.send(f"/pairings/{pairing.id}/add-duty", what="付 2,500 元学费",
                       ends_on=today(1400).isoformat()).status_code == 302
    duty = db.session.scalars(select(Duty)).one()
    assert (duty.rhythm, duty.what, duty.ends_on) == ("year", "付 2,500 元学费", today(1400))
    assert "付 2,500 元学费" in client.page(f"/pairings/{pairing.id}/show-pairing").text
    assert "付 2,500 元学费" in client_of("charity").page(f"/pairings/{pairing.id}/our-pairing").text


def test_add_duty_with_days_that_cannot_be_keeps_what_was_typed(client_of, people):
    pairing = paired(people)
    answer = client_of("community").send(f"/pairings/{pairing.id}/add-duty", what="上课", ends_on="2020-01-01")
    assert answer.status_code == 422
    assert "上课" in answer.text
    assert db.session.scalars(select(Duty)).all() == []
