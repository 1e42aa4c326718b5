"""A county writes who signs: by kind and amount, from a day on, added and never changed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.assistance.models_approvals import ApprovalRule
from matching.assistance.service_approvals import chain_for
from matching.extensions import db
from tests.assistance.asking import ask, newest
from tests.days import today
from tests.factories import make_household

PATH = "/assistance/change-approval-rule"
THREE = {"fen_1": "1000", "chain_1": "town", "fen_2": "20000", "chain_2": "town county", "chain_3": "county county",
         "reason": "青民发 12 号"}


def rules() -> list[ApprovalRule]:
    db.session.expire_all()
    return list(db.session.scalars(select(ApprovalRule).order_by(ApprovalRule.id)))


@pytest.mark.slow
def test_a_kind_has_its_own_chain_one_fen_to_either_side(client_of):
    assert client_of("county").send(f"{PATH}?kind=medical", PATH, **THREE).status_code == 302
    for amount, kind, chain in (("1000", "medical", "town"), ("1000.01", "medical", "town county"),
                                ("20000", "medical", "town county"), ("20000.01", "medical", "county county"),
                                ("5000", "cash", "town"), ("5000.01", "cash", "county")):
        ask(client_of("community"), make_household().id, help_type=kind, amount=amount)
        assert newest().chain == chain, (kind, amount)
    (rule,) = rules()
    assert (rule.help_type, rule.reason, rule.written_by_name) == ("medical", "青民发 12 号", "county 的姓名")
    assert "青民发 12 号" in client_of("county").page(f"{PATH}?kind=medical").text


def test_it_counts_from_its_day_on_and_what_was_asked_keeps_its_chain(client_of):
    home = make_household()
    ask(client_of("community"), home.id, amount="100")
    client_of("county").send(PATH, starts_on=today(1).isoformat(), fen_1="", chain_1="", fen_2="",
                             chain_2="", chain_3="county", reason="收回")
    assert chain_for(home, "cash", 10_000, today()) == "town"
    assert chain_for(home, "cash", 10_000, today(1)) == "county"
    assert newest().chain == "town"


def test_a_kind_can_go_back_to_what_counts_for_all(client_of):
    client, home = client_of("county"), make_household()
    client.send(f"{PATH}?kind=medical", PATH, **THREE)
    client.send(f"{PATH}?kind=medical", PATH, fen_1="", chain_1="", fen_2="", chain_2="", chain_3="", reason="并入通用")
    assert chain_for(home, "medical", 500_001, today()) == "county"
    assert len(rules()) == 2


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [
    {"fen_1": "20000", "fen_2": "1000"}, {"fen_1": "1000", "fen_2": "1000"}, {"chain_1": ""}, {"fen_2": ""},
    {"chain_3": ""}, {"reason": ""}, {"fen_1": "1.001"}, {"fen_1": "-1"}, {"chain_1": "village"},
    {"starts_on": "2026-01-01"}])
def test_what_cannot_be_is_refused(client_of, wrong):
    assert client_of("county").send(PATH, **THREE | wrong).status_code == 422
    assert rules() == []


def test_sent_twice_it_is_one(client_of):
    client = client_of("county")
    form = client.page(PATH).form(PATH).values | THREE
    assert client.post(PATH, data=form).location == client.post(PATH, data=form).location
    assert len(rules()) == 1
