"""Scenario 6b and its like, through the pages that people use: what a need says decides which offer it gets."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from matching.clock import utc_now
from matching.extensions import db
from matching.households.models import Need
from matching.offers.models import Offer
from matching.pairings import service_runs
from matching.pairings.models import Pairing
from tests.factories import make_household, make_member
from tests.people import COUNTY_A, TOWN_A1


def newest(model: Any) -> Any:
    return db.session.scalars(select(model).order_by(model.id.desc())).first()


def post_offer(client: Any, help_type: str, title: str, **answers: Any) -> Offer:
    """A provider posts an offer through its form."""
    answer = client.send(f"/offers/add-offer?help_type={help_type}", title=title, capacity="10", area_code=TOWN_A1,
                         reach="areas", areas=COUNTY_A, **answers)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return newest(Offer)


def write_need(client_of: Any, household: Any, help_type: str, **answers: Any) -> Need:
    """The community's officer writes a need through its form, the town's confirms it with one click."""
    answer = client_of("community").send(f"/households/{household.id}/add-need?help_type={help_type}", urgency="3",
                                         **answers)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    need = newest(Need)
    client_of("town").send(f"/households/{need.id}/show-need", action=f"/households/{need.id}/confirm-need")
    db.session.expire_all()
    return need


def proposed(need: Need) -> list[str]:
    """The titles of the offers that a run of the engine proposes for a need."""
    service_runs.run_within(COUNTY_A, utc_now())
    db.session.commit()
    return list(db.session.scalars(select(Offer.title).join(Pairing, Pairing.offer_id == Offer.id).where(
        Pairing.need_id == need.id, Pairing.state == "proposed").order_by(Offer.id)))


def suggested(client: Any, need: Need) -> str:
    """What the page for pairing by hand offers for a need."""
    return client.page(f"/pairings/{need.id}/pair-by-hand").text


@pytest.mark.slow
def test_scenario_6b_a_carer_who_cannot_leave_gets_the_home_based_job_and_no_workshop_job(client_of):
    enterprise = client_of("enterprise")
    workshop = post_offer(enterprise, "job", "车间装配工", provides="on_site", only_for="assembly")
    silent = post_offer(enterprise, "job", "门店收银", only_for="shop_work")
    carer = make_household(head_name="罗守家")
    need = write_need(client_of, carer, "job", workplace="home_based", summary="丈夫卧床，走不开")
    assert proposed(need) == []
    page = suggested(client_of("town"), need)
    assert workshop.title not in page
    assert silent.title not in page
    home = post_offer(enterprise, "job", "耳机线缠绕，带回家做", provides="home_based", only_for="assembly")
    assert proposed(need) == [home.title]
    pairing = db.session.scalars(select(Pairing).where(Pairing.need_id == need.id)).one()
    card = client_of("town").page(f"/pairings/{pairing.id}/show-pairing").text
    assert "家里要：在家能做" in card
    assert "还没核对活计：组装加工" in card
    away = write_need(client_of, make_household(), "job", workplace="on_site", work="assembly")
    assert proposed(away) == [workshop.title]


@pytest.mark.parametrize(("help_type", "need", "fitting", "other"), [
    ("tutoring", {"stage": "junior", "subject": ["maths", "physics"], "day": ["sat", "sun"], "part": "morning"},
     ["junior", "maths", "sat", "morning"], ["junior", "english", "sat", "morning"]),
    ("tutoring", {"subject": "maths", "day": ["sat", "sun"]}, ["maths", "sun"], ["maths", "wed"]),
    ("tutoring", {"stage": "primary", "subject": "maths"}, ["primary", "maths"], ["senior", "maths"]),
    ("care", {"task": "bathing", "venue": "visit"}, ["bathing", "company", "visit"], ["bathing", "centre"]),
    ("counselling", {"topic": "grief", "part": "evening"}, ["grief", "evening"], ["grief", "morning"]),
    ("goods", {"item": "bedding"}, ["bedding", "clothing"], ["furniture"]),
    ("purchase", {"product": "fruit", "quantity": "300"}, ["fruit", "vegetables"], ["poultry"]),
    ("housing", {"repair": ["roof"]}, ["roof", "wall"], ["barrier_free"]),
    ("medical", {"illness": "kidney", "cost": "travel"}, ["kidney", "travel"], ["eye"]),
    ("schooling", {"stage": "university", "school_cost": "tuition"}, ["university"], ["university", "boarding"]),
    ("cash", {"purpose": "relief", "quantity": "2000"}, ["relief"], ["funeral"]),
    ("job", {"work": ["sewing", "cleaning"], "day": "mon", "workplace": "on_site"}, ["sewing", "mon"],
     ["driving", "mon"]),
])
@pytest.mark.slow
def test_of_two_offers_the_one_whose_conditions_fit_is_proposed(client_of, help_type, need, fitting, other):
    charity = client_of("charity")
    post_offer(charity, help_type, "不合的", only_for=other)
    right = post_offer(charity, help_type, "合的", only_for=fitting)
    household = make_household()
    make_member(household)
    row = write_need(client_of, household, help_type, **need)
    assert proposed(row) == [right.title]
    page = suggested(client_of("town"), row)
    assert right.title in page
    assert "不合的" not in page


@pytest.mark.slow
def test_the_card_names_what_fits(client_of):
    post_offer(client_of("volunteer"), "tutoring", "周末补课", only_for=["maths", "english", "sat", "primary"])
    need = write_need(client_of, make_household(), "tutoring", subject="maths", day=["sat", "sun"], stage="primary")
    assert proposed(need) == ["周末补课"]
    pairing = db.session.scalars(select(Pairing).where(Pairing.need_id == need.id)).one()
    card = client_of("town").page(f"/pairings/{pairing.id}/show-pairing").text
    for said in ("科目对得上：数学", "哪几天对得上：周六", "学段对得上：小学"):
        assert said in card, said
