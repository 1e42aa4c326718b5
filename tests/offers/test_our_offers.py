"""A provider's own offers."""

from __future__ import annotations

import pytest

from matching.extensions import db
from matching.offers.service_clearance import ask_counties
from matching.organisations.models import Organisation
from tests.factories import make_offer
from tests.people import COUNTY_B
from tests.statements import selects

OURS = "/offers/our-offers"


def test_it_lists_the_own_offers_and_no_others(client_of, people):
    make_offer(people.charity.organisation_id, title="我们的米", taken=2, unit="份")
    make_offer(people.charity.organisation_id, title="停着的油", status="paused")
    make_offer(people.enterprise.organisation_id, title="别家的活")
    page = client_of("charity").page(OURS)
    assert "我们登记了 2 份资源" in page.text
    assert "我们的米" in page.text
    assert "先停一停" in page.text
    assert "别家的活" not in page.text
    assert "8 份" in page.text


@pytest.mark.parametrize(("status", "said"), [
    ("waiting", "县里还在核实贵机构"), ("refused", "核实没有通过"), ("suspended", "县里暂停了贵机构")])
def test_an_organisation_that_is_not_vetted_learns_why_nothing_is_paired(client_of, people, status, said):
    db.session.get(Organisation, people.agency.organisation_id).status = status
    assert said in client_of("agency").page(OURS).text


def test_an_empty_list_says_what_to_do(client_of):
    page = client_of("volunteer").page(OURS)
    assert "您能帮什么" in page.text
    assert "/offers/add-offer" in [href for href, _words in page.links]


def test_it_says_which_offers_wait_for_other_counties(client_of, people):
    client = client_of("charity")
    offer = make_offer(people.charity.organisation_id, areas=(COUNTY_B,))
    assert ask_counties(offer) == [COUNTY_B]
    assert "等 1 个外县答复" in client.page(OURS).text


@pytest.mark.parametrize("username", ["county", "household", "socialworker", "auditor", "admin"])
def test_others_have_no_offers_of_their_own(client_of, username):
    assert client_of(username).get(OURS).status_code == 403


def test_many_offers_stay_within_the_budget(client_of, people):
    for number in range(40):
        make_offer(people.charity.organisation_id, title=f"很长的一份资源名称，写满了才知道会不会撑破页面 {number}")
    client = client_of("charity")
    with selects() as seen:
        answer = client.get(OURS)
    assert len(seen) <= 6, seen
    assert len(answer.data) <= 40_000
