"""Story 6 of the field: those who are still poor after every policy stand on the ledger and leave it one at a time,
each with evidence, its own word and two officers' names.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from matching import jobs
from matching.clock import utc_now
from matching.extensions import db
from matching.households.models import Member
from matching.intake.service_codes import written_code
from matching.pairings import service_followups
from matching.pairings.models import Pairing
from matching.pairings.models_ledger import FollowUp
from matching.pairings.models_voice import HouseholdWord
from tests.conftest import CheckedClient
from tests.factories import make_household, make_member, make_need
from tests.pairings.closing import helped
from tests.people import People

TABS = ("没有解决", "等签字", "观察中", "已销号", "又打开的")


def standing(client: CheckedClient) -> list[int]:
    """How many difficulties stand under each tab of the ledger's page."""
    text = client.get("/pairings/ledger").text
    return [int(re.findall(rf"{tab} (\d+)", text)[-1]) for tab in TABS]


def leave(pairing: Pairing, town: CheckedClient, community: CheckedClient, phone: CheckedClient) -> None:
    """One household's difficulty is closed: its officer says so, it says so itself, the town signs."""
    need, word = pairing.need_id, db.session.scalars(
        select(HouseholdWord).where(HouseholdWord.pairing_id == pairing.id)).one()
    assert community.send(f"/pairings/{pairing.id}/close-pairing", outcome="solved", note="米缸满了").status_code == 302
    assert "还没有家里的话" in town.page(f"/pairings/{need}/show-line").text
    phone.send("/pairings/keypad", code=written_code(word.code or ""), last_four="1234")
    phone.send("/pairings/keypad", helped="yes")
    form = phone.page("/pairings/keypad").form("/pairings/keypad").values
    phone.post("/pairings/keypad", data={**form, "helped": "yes", "score": "5"})
    phone.send("/pairings/keypad", "/pairings/leave-keypad")
    signed = town.send(f"/pairings/{need}/show-line", f"/pairings/{need}/sign-line")
    assert signed.location == f"/pairings/{need}/show-line"


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize(("households", "persons"), [(24, 26), (3, 7)])
def test_they_are_closed_one_at_a_time(client_of: Callable[[str], CheckedClient], client: CheckedClient, people: People,
                                       households: int, persons: int) -> None:
    homes = [make_household(phone="13900001234") for _ in range(households)]
    for extra in range(persons - households):
        make_member(homes[extra % households], name=f"家人{extra}")
    pairings = [helped(people, make_need(home, help_type="goods", urgency=3), proof="photo") for home in homes[:1]]
    pairings += [helped(people, make_need(home, help_type="goods", urgency=3), proof="code") for home in homes[1:]]
    town, community = client_of("town"), client_of("community")
    living = select(func.count()).select_from(Member).where(Member.household_id.in_([home.id for home in homes]))
    assert db.session.scalar(living) == persons
    assert standing(town) == [households, 0, 0, 0, 0]
    for many, pairing in enumerate(pairings, start=1):
        if many == 1:
            leave(pairing, town, community, client)
            keys = {"csrf_token": town.page("/todo").forms[0].values["csrf_token"]}
            closing = {"csrf_token": community.page("/todo").forms[0].values["csrf_token"], "outcome": "solved"}
        else:  # the receipt code is the household's word and its evidence at once
            community.post(f"/pairings/{pairing.id}/close-pairing", data={
                **closing, "submission_key": f"c{many}", "note": "米缸满了"})
            town.post(f"/pairings/{pairing.need_id}/sign-line", data={**keys, "submission_key": f"s{many}"})
        assert standing(town) == [households - many, 0, many, 0, 0]
    assert "还没有去" in town.page(f"/pairings/{pairings[0].need_id}/show-line").text
    first, *others = db.session.scalars(select(FollowUp).where(FollowUp.done_at.is_(None)).order_by(FollowUp.id)).all()
    community.send(f"/pairings/{first.id}/show-follow-up", result="back", note="又断粮了")
    assert standing(town) == [1, 0, households - 1, 0, 1]
    for look in others:
        service_followups.finish(look, "solved", "", "", people.community, utc_now())
    jobs.remind_of_pairings(utc_now() + timedelta(days=31))
    db.session.commit()
    assert standing(town) == [1, 0, 0, households - 1, 1]
    rows = list(csv.reader(io.StringIO(town.get("/pairings/export-ledger?state=closed&form=csv").data.decode(
        "utf-8-sig"))))[1:]
    assert {(row[7], row[9]) for row in rows} == {(people.community.name, people.town.name)}
    assert len(rows) == households - 1
