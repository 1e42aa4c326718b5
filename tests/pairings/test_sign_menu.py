"""The household signs what it was shown: with a finger or on paper, once, and the one before is replaced."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from matching.actor import Actor
from matching.clock import utc_now
from matching.errors import Conflict
from matching.extensions import db
from matching.households.models_papers import Paper
from matching.households.service_images import clean
from matching.pairings import service_menus as service
from matching.pairings.models_menus import Menu
from tests.assistance.breaking import assert_whole, told
from tests.days import today
from tests.factories import make_menu
from tests.pairings.menus import menus, picture, signature
from tests.pairings.test_add_menu_item import discussed


def test_signed_with_a_finger_it_is_in_force_and_the_signature_lies_in_the_vault(client_of, people):
    menu = discussed()
    before = make_menu(menu.household)
    path, client = f"/pairings/{menu.id}/sign-menu", client_of("community")
    assert client.send(path, signature=signature()).location == f"/pairings/{menu.household_id}/show-menu"
    signed, old = menus()
    assert (signed.state, signed.signed_way, signed.witness_name, signed.review_on) == (
        "agreed", "screen", "community 的姓名", today(90))
    assert (old.id, old.state, old.review_on) == (before.id, "replaced", None)
    paper = db.session.scalars(select(Paper)).one()
    assert (paper.kind, paper.mime, paper.id) == ("consent", "image/jpeg", signed.paper_id)
    assert "在手机上签的" in client.page(f"/pairings/{menu.household_id}/show-menu").text


def test_signed_on_paper_the_sheet_is_kept(client_of):
    menu = discussed()
    client_of("community").send(f"/pairings/{menu.id}/sign-menu", photo=(io.BytesIO(picture()), "签字.png"))
    assert (menus()[0].state, menus()[0].signed_way) == ("agreed", "paper")


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [
    {}, {"signature": "data:image/png;base64,xx!"}, {"signature": "data:image/png;base64,AAAA"},
    {"signature": "data:text/html;base64,AAAA"}, {"signer_name": "", "signature": "sig"},
    {"review_on": "2026-01-01", "signature": "sig"}, {"review_on": "2099-01-01", "signature": "sig"}])
def test_without_a_signature_or_a_day_it_is_not_signed(client_of, wrong):
    values = {name: signature() if value == "sig" else value for name, value in wrong.items()}
    answer = client_of("community").send(f"/pairings/{discussed().id}/sign-menu", **values)
    assert answer.status_code == 422
    assert menus()[0].state == "discussed"


def test_what_was_changed_meanwhile_is_read_again_first(client_of):
    menu = discussed()
    path, client = f"/pairings/{menu.id}/sign-menu", client_of("community")
    form = client.page(path).form(path).values
    client_of("town").send(f"/pairings/{menu.id}/add-menu-item", what="新加的")
    assert client.post(path, data=form | {"signature": signature()}).status_code == 409
    assert menus()[0].state == "discussed"


def test_sent_twice_it_is_signed_once(client_of):
    menu = discussed()
    path, client = f"/pairings/{menu.id}/sign-menu", client_of("community")
    form = client.page(path).form(path).values | {"signature": signature()}
    assert client.post(path, data=form).location == client.post(path, data=form).location
    assert told("menu.agree") == 1
    assert client.post(path, data=form | {"submission_key": "again"}).status_code == 409


def sign(number: int, actor: Actor) -> None:
    menu = db.session.get_one(Menu, number)
    service.sign_menu(menu, 1, "screen", "何秀英", today(90), actor, utc_now(),
                      clean(picture(), "签名"))


@pytest.mark.slow
@pytest.mark.parametrize("at", range(9))
def test_killed_at_any_statement_nothing_is_half_signed(people, at):
    menu = discussed()
    make_menu(menu.household)
    number = menu.id
    db.session.commit()
    assert_whole(lambda: sign(number, people.community), at,
                 lambda: ([one.state for one in menus()], len(db.session.scalars(select(Paper)).all()),
                          told("menu.agree")),
                 (["discussed", "agreed"], 0, 0), (["agreed", "replaced"], 1, 1))


def test_control_without_the_version_a_changed_one_could_be_signed(people):
    menu = discussed()
    service.add_item(menu, "care", "新加的", "", 0, "once", people.town, utc_now())
    with pytest.raises(Conflict):
        sign(menu.id, people.community)
    db.session.rollback()
