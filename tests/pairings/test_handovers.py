"""Handing over in parts and with proof: what is counted, what the household's word does, what becomes of the rest."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select, update

from matching.clock import day_of, utc_now
from matching.errors import Conflict, Invalid, JieduiError
from matching.extensions import db, write_intended
from matching.households.models_papers import Paper
from matching.households.service_images import clean
from matching.pairings import service, service_handovers
from matching.pairings.models import Pairing
from matching.pairings.models_life import Handover
from matching.pairings.service_handovers import Handing, hand_over
from tests.factories import make_need, make_offer, make_pairing
from tests.pairings.menus import picture, signature
from tests.people import People


def under_way(people: People, quantity: int = 1, state: str = "under_way", **fields: Any) -> Pairing:
    """A pairing of the charity that is being worked on."""
    offer, now = make_offer(people.charity.organisation_id), utc_now()
    return make_pairing(make_need(quantity=quantity), offer, state, quantity=quantity, decided_at=now,
                        answer_by_on=day_of(now), receipt_code="123456", **fields)


def given(pairing: Pairing, quantity: int, proof: str = "words", **fields: Any) -> Handing:
    """So much, today."""
    return Handing(quantity, day_of(utc_now()), "送到了", proof, **fields)


def units(pairing: Pairing) -> tuple[int, int, int]:
    """What offer and need hold, and what the need has received."""
    db.session.refresh(pairing.offer)
    db.session.refresh(pairing.need)
    return pairing.offer.taken, pairing.need.given, pairing.need.received


def test_in_parts_it_is_delivered_with_the_last_one(people: People) -> None:
    pairing = under_way(people, 5, "consented")
    hand_over(pairing, given(pairing, 2), people.charity, utc_now())
    assert (pairing.state, pairing.delivered) == ("under_way", 2)
    hand_over(pairing, given(pairing, 3), people.charity, utc_now())
    assert (pairing.state, pairing.delivered) == ("delivered", 5)
    service.take_step(pairing, "confirm", people.community, utc_now())
    assert units(pairing) == (5, 5, 5)
    assert [one.quantity for one in service_handovers.handovers_of(pairing.id)] == [2, 3]


@pytest.mark.parametrize("quantity", [0, 4])
def test_never_more_than_is_left_and_no_day_that_cannot_be(people: People, quantity: int) -> None:
    pairing = under_way(people, 5)
    hand_over(pairing, given(pairing, 2), people.charity, utc_now())
    with pytest.raises(Invalid):
        hand_over(pairing, given(pairing, quantity), people.charity, utc_now())
    with pytest.raises(Invalid):
        hand_over(pairing, Handing(1, day_of(utc_now()) + timedelta(days=1), "送到了"), people.charity, utc_now())
    assert (pairing.delivered, pairing.state) == (2, "under_way")


def test_the_rest_that_does_not_come_is_free_again_and_what_was_given_stays(people: People) -> None:
    pairing = under_way(people, 5)
    hand_over(pairing, given(pairing, 2), people.charity, utc_now())
    service_handovers.settle(pairing, "货不够了", people.charity, utc_now())
    assert (pairing.state, pairing.quantity, pairing.reason) == ("delivered", 2, "货不够了")
    assert units(pairing) == (2, 2, 0)
    service.take_step(pairing, "confirm", people.community, utc_now())
    service.close(pairing, "eased", "看过", people.community, utc_now())
    assert (pairing.need.status, pairing.need.quantity - pairing.need.given) == ("open", 3)


@pytest.mark.parametrize("delivered", [0, 5])
def test_with_nothing_or_everything_given_there_is_no_rest(people: People, delivered: int) -> None:
    pairing = under_way(people, 5, delivered=delivered)
    with pytest.raises(Conflict):
        service_handovers.settle(pairing, "", people.charity, utc_now())


@pytest.mark.parametrize("action", ["withdraw", "fail"])
def test_what_was_given_in_part_is_not_undone(people: People, action: str) -> None:
    pairing = under_way(people, 5)
    hand_over(pairing, given(pairing, 2), people.charity, utc_now())
    with pytest.raises(Conflict, match="一部分"):
        service.take_step(pairing, action, people.charity, utc_now())
    assert units(pairing) == (5, 5, 0)


def test_what_the_household_did_not_get_does_not_count(people: People) -> None:
    pairing = under_way(people, 5)
    for quantity in (2, 3):
        hand_over(pairing, given(pairing, quantity), people.charity, utc_now())
    service_handovers.dispute(pairing, people.household, utc_now())
    assert (pairing.state, pairing.delivered) == ("under_way", 2)
    hand_over(pairing, given(pairing, 3), people.charity, utc_now())
    assert pairing.state == "delivered"
    assert [one.disputed_at is None for one in service_handovers.handovers_of(pairing.id)] == [True, False, True]


def test_the_household_code_is_its_own_word(people: People) -> None:
    pairing = under_way(people)
    assert service_handovers.code_fits(pairing, " 123456 ")
    hand_over(pairing, given(pairing, 1, "code"), people.charity, utc_now())
    assert pairing.state == "confirmed"
    assert units(pairing) == (1, 1, 1)


def test_every_consent_has_a_code_of_its_own(people: People) -> None:
    codes = set()
    for _ in range(3):
        pairing = make_pairing(state="accepted")
        service.record_consent(pairing, "phone", people.community, utc_now())
        codes.add(pairing.receipt_code)
    assert len(codes) == 3
    assert all(len(code) == 6 and code.isdecimal() for code in codes)


def test_after_five_wrong_codes_none_counts(people: People) -> None:
    pairing = under_way(people)
    for _ in range(service_handovers.MOST_TRIES):
        assert not service_handovers.code_fits(pairing, "000000")
    with pytest.raises(Conflict, match="照片"):
        service_handovers.code_fits(pairing, "123456")


def test_a_photo_is_kept_with_the_file_and_proves_one_handover_only(people: People) -> None:
    pairing = under_way(people, 2)
    sheet = clean(picture(), "门口.png")
    hand_over(pairing, given(pairing, 1, "photo", sheet=sheet), people.charity, utc_now())
    paper = db.session.scalars(select(Paper).where(Paper.household_id == pairing.household_id)).one()
    assert service_handovers.handovers_of(pairing.id)[0].paper_id == paper.id
    with pytest.raises(Invalid, match="以前用过"):
        hand_over(pairing, given(pairing, 1, "photo", sheet=sheet), people.charity, utc_now())


@pytest.mark.parametrize("proof", ["photo", "signature"])
def test_a_proof_that_was_chosen_has_to_be_there(people: People, proof: str) -> None:
    pairing = under_way(people)
    with pytest.raises(Invalid):
        hand_over(pairing, given(pairing, 1, proof), people.charity, utc_now())
    assert pairing.state == "under_way"


def other_picture() -> bytes:
    """A photo as a phone sends it."""
    kept = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(kept, "JPEG")
    return kept.getvalue()


def test_each_proof_by_the_page(client_of: Callable[..., Any], people: People) -> None:
    client, pairing = client_of("charity"), under_way(people, 4)
    path = f"/pairings/{pairing.id}/deliver-pairing"
    for proof, more in (("photo", {"photo": (io.BytesIO(other_picture()), "a.jpg")}),
                        ("signature", {"signature": signature()}), ("code", {"code": "123456"})):
        answer = client.send(path, quantity="1", note=f"{proof}给了", proof=proof, **more)
        assert answer.status_code == 302, proof
    db.session.refresh(pairing)
    assert (pairing.delivered, pairing.state) == (3, "under_way")
    text = client_of("community").page(f"/pairings/{pairing.id}/show-pairing").text
    assert all(word in text for word in ("照片", "家里签名", "家里的收货码", "photo给了"))
    page = client_of("charity").page(f"/pairings/{pairing.id}/our-pairing")
    assert "剩下的不给了" in page.text
    assert not [href for href, _text in page.links if "show-paper" in href], "papers are the household's and officers'"


def test_a_wrong_code_is_said_at_its_field_and_counted(client_of: Callable[..., Any], people: People) -> None:
    pairing = under_way(people)
    path = f"/pairings/{pairing.id}/deliver-pairing"
    answer = client_of("charity").send(path, proof="code", code="111111", note="给")
    assert answer.status_code == 422
    assert "收货码不对" in answer.text
    db.session.refresh(pairing)
    assert (pairing.code_tries, pairing.state) == (1, "under_way")


def test_the_code_is_shown_to_the_household_and_its_officers_and_never_to_the_organisation(
        client_of: Callable[..., Any], people: People) -> None:
    from matching.households.models import Household

    home = db.session.get_one(Household, people.household.household_id)
    offer, now = make_offer(people.charity.organisation_id), utc_now()
    pairing = make_pairing(make_need(home), offer, "consented", decided_at=now, answer_by_on=day_of(now),
                           receipt_code="482913")
    assert "482913" in client_of("household").page("/pairings/my-case").text
    assert "482913" in client_of("community").page(f"/pairings/{pairing.id}/show-pairing").text
    assert "482913" not in client_of("auditor").page(f"/pairings/{pairing.id}/show-pairing").text
    assert "482913" not in client_of("charity").page(f"/pairings/{pairing.id}/our-pairing").text


def hand_over_at_once(app: Flask, number: int, actor: Any, times: int = 8) -> list[bool]:
    """So many people hand one of the pairing's units over at the same moment; who succeeded."""
    gate = Barrier(times)

    def one(_: int) -> bool:
        with app.app_context():
            write_intended.set(True)
            pairing = db.session.get_one(Pairing, number)
            db.session.rollback()
            write_intended.set(True)
            gate.wait()
            try:
                hand_over(pairing, Handing(1, day_of(utc_now()), "给了一份"), actor, utc_now())
                db.session.commit()
                return True
            except JieduiError:
                db.session.rollback()
                return False

    with ThreadPoolExecutor(times) as team:
        return list(team.map(one, range(times)))


@pytest.mark.slow
def test_handed_over_at_once_each_unit_counts_once(app: Flask, people: People) -> None:
    pairing = under_way(people, 3)
    number = pairing.id
    db.session.commit()
    went = hand_over_at_once(app, number, people.charity)
    db.session.expire_all()
    pairing = db.session.get_one(Pairing, number)
    many = len(service_handovers.handovers_of(number))
    assert pairing.delivered == many == sum(went) <= 3


@pytest.mark.slow
def test_control_without_the_condition_more_is_handed_over_than_is_counted(
        app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    def move_without_looking(pairing: Pairing, _sources: Any, *_which: Any, **values: Any) -> bool:
        db.session.execute(update(Pairing).where(Pairing.id == pairing.id).values(**values))
        return True

    pairing = under_way(people, 3)
    number = pairing.id
    monkeypatch.setattr(service, "move", move_without_looking)
    first, second = given(pairing, 3), given(pairing, 3)
    before = pairing.delivered
    for handing in (first, second):
        pairing.delivered = before  # what both have read
        pairing.state = "under_way"
        hand_over(pairing, handing, people.charity, utc_now())
    assert sum(one.quantity for one in db.session.scalars(
        select(Handover).where(Handover.pairing_id == number))) == 6, "twice what there was"
