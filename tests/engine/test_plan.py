"""`plan`: areas, reach over the country, several conditions, and places known only roughly."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine import NeedTable, OfferTable, plan
from matching.engine.geometry import closeness, distance_m, ecef
from tests.engine.markets import Market, by_ortools

HERE = (27.64, 113.85)


def needs(**columns):
    """Needs for cash at one place; the columns given replace these."""
    n = len(next(iter(columns.values()))) if columns else 1
    plain = {"type": ["cash"] * n, "quantity": [1] * n, "urgency": [3] * n, "waiting_days": [10] * n,
             "lat": [HERE[0]] * n, "lon": [HERE[1]] * n, "precision": ["exact"] * n, "area": ["360302001001"] * n}
    table = {name: np.array(columns.get(name, plain[name])) for name in plain}
    return NeedTable(**table, asks=columns.get("asks", [frozenset()] * n),
                     traits=columns.get("traits", [frozenset()] * n))


def offers(**columns):
    """Offers of cash at that place, 5 km around; the columns given replace these."""
    n = len(next(iter(columns.values()))) if columns else 1
    plain = {"type": ["cash"] * n, "capacity": [1] * n, "lat": [HERE[0]] * n, "lon": [HERE[1]] * n,
             "precision": ["exact"] * n, "radius_km": [5.0] * n, "countrywide": [False] * n}
    table = {name: np.array(columns.get(name, plain[name])) for name in plain}
    return OfferTable(**table, areas=columns.get("areas", [()] * n),
                      provides=columns.get("provides", [frozenset()] * n),
                      only_for=columns.get("only_for", [frozenset()] * n))


def test_the_score_is_given_in_its_parts():
    found = plan(needs(waiting_days=[400], urgency=[2], lat=[HERE[0] + 0.01]), offers())
    assert (found.urgency_points.tolist(), found.waiting_points.tolist()) == ([200], [300])
    assert 1100 < found.distance_m[0] < 1115
    assert found.closeness_points.tolist() == [200 - 7]
    assert (found.weight, found.upper_bound, found.gap) == (693, 693, 0)


def test_a_radius_needs_a_known_distance():
    rough = needs(precision=["exact", "village", "county", ""])
    assert plan(rough, offers()).allowed_offers.tolist() == [1, 0, 0, 0]
    assert plan(rough, offers(precision=["town"])).allowed_offers.tolist() == [0, 0, 0, 0]
    assert plan(needs(lat=[np.nan], lon=[np.nan]), offers()).allowed_pairs == 0


def test_an_unknown_distance_is_allowed_by_area_only_and_gives_no_points():
    found = plan(needs(precision=["village"]), offers(areas=[("360302001",)]))
    assert np.isnan(found.distance_m[0])
    assert (found.closeness_points.tolist(), found.weight) == ([0], 310)


def test_a_named_area_holds_what_lies_below_it_and_nothing_else():
    places = needs(area=["360302001001", "360302001", "360302", "360302002", "3603020010", ""])
    for named, allowed in [("360302001", [1, 1, 0, 0, 1, 0]), ("360302", [1, 1, 1, 1, 1, 0]), ("", [0] * 6)]:
        found = plan(places, offers(areas=[(named,)], radius_km=[np.nan]))
        assert found.allowed_offers.tolist() == allowed
    twice = plan(places, offers(areas=[("360302001", "360302", "360302002")]))
    assert twice.allowed_offers.tolist() == [1, 1, 1, 1, 1, 1]


def test_beyond_the_radius_a_named_area_still_allows():
    far = needs(lat=[HERE[0] + 0.2])
    assert plan(far, offers()).allowed_pairs == 0
    found = plan(far, offers(areas=[("360302",)]))
    assert found.closeness_points.tolist() == [200 - int(found.distance_m[0] // 150)]


def test_the_whole_country():
    found = plan(needs(area=["110101", ""], lat=[39.9, np.nan]), offers(countrywide=[True], capacity=[2]))
    assert found.allowed_offers.tolist() == [1, 1]
    assert found.closeness_points.tolist() == [0, 0]
    assert found.distance_m[0] > 1e6
    assert np.isnan(found.distance_m[1])


def test_an_offer_provides_all_that_is_asked():
    asks = [frozenset(), frozenset({"home_based"}), frozenset({"home_based", "disabled_ok"})]
    at_home = offers(provides=[frozenset({"home_based"})], capacity=[9])
    assert plan(needs(asks=asks), at_home).allowed_offers.tolist() == [1, 1, 0]


def test_who_an_offer_is_only_for():
    traits = [frozenset(), frozenset({"stage:primary"}), frozenset({"stage:junior", "sex:male"}),
              frozenset({"stage:primary", "sex:female"}), frozenset({"sex:female"})]
    only = offers(only_for=[frozenset({"stage:primary", "stage:senior", "sex:female"})], capacity=[9])
    assert plan(needs(traits=traits), only).allowed_offers.tolist() == [1, 1, 0, 1, 1]


def test_pairs_that_must_not_be_and_nothing_left_to_give():
    three = offers(capacity=[0, 1, 1], radius_km=[5.0, 5.0, 4.0])
    found = plan(needs(), three, (np.array([0]), np.array([1])))
    assert (found.offer.tolist(), found.allowed_offers.tolist()) == ([2], [1])


def test_what_else_was_possible():
    three = offers(lat=[HERE[0], HERE[0] + 0.02, HERE[0] + 0.01], capacity=[1, 1, 1])
    found = plan(needs(urgency=[5, 1], lat=[HERE[0], HERE[0] + 0.01]), three)
    assert (found.need.tolist(), found.offer.tolist()) == ([0, 1], [0, 2])
    assert found.other_offer.tolist() == [2, 0]
    assert found.other_score.tolist() == [500 + 10 + 193, 100 + 10 + 193]
    alone = plan(needs(), offers())
    assert (alone.other_offer.tolist(), alone.other_score.tolist()) == ([-1], [0])


def test_nothing_to_pair():
    none = needs(type=np.zeros(0, "U8"), quantity=np.zeros(0, np.int64))
    for found in (plan(none, offers()), plan(needs(type=["job"]), offers())):
        assert (found.weight, found.upper_bound, found.gap, len(found.need)) == (0, 0, 0, 0)


@pytest.mark.slow
@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_pair_by_pair_reckoning_and_min_cost_flow_agree(seed):
    n, o = invented(seed)
    found = plan(n, o)
    pairs = [(i, j, reach) for i in range(40) for j in range(12) if (reach := reaches(n, o, i, j)) is not None]
    assert found.allowed_pairs == len(pairs)
    i, j, metres = (np.array(x) for x in zip(*pairs, strict=True)) if pairs else (np.zeros(0, int),) * 3
    score = 100 * n.urgency[i] + np.minimum(n.waiting_days[i], 300) + closeness(metres)
    assert found.weight == found.upper_bound == by_ortools(Market(i, j, score, n.quantity, o.capacity))
    given = found.urgency_points + found.waiting_points + found.closeness_points
    assert (found.quantity * given).sum() == found.weight


def invented(seed):
    rng = np.random.default_rng(seed)
    areas = np.array(["36", "360302", "360302001", "360302001001", "360302002", "110101", ""])
    codes = [frozenset(), frozenset({"a"}), frozenset({"a", "b"})]
    traits = [frozenset(), frozenset({"g:x"}), frozenset({"g:y", "h:x"})]

    def spread(size):
        return {"type": rng.choice(["cash", "job"], size), "lat": HERE[0] + rng.normal(size=size) * 0.05,
                "lon": HERE[1] + rng.normal(size=size) * 0.05,
                "precision": rng.choice(["exact", "exact", "village"], size)}

    def some(sets, size):
        return [sets[k] for k in rng.integers(0, len(sets), size)]

    n = NeedTable(**spread(40), quantity=rng.integers(1, 4, 40), urgency=rng.integers(1, 6, 40),
                  waiting_days=rng.integers(0, 400, 40), area=rng.choice(areas, 40), asks=some(codes, 40),
                  traits=some(traits, 40))
    o = OfferTable(**spread(12), capacity=rng.integers(0, 6, 12), countrywide=rng.random(12) < 0.1,
                   radius_km=np.where(rng.random(12) < 0.7, rng.integers(1, 12, 12), np.nan),
                   areas=[tuple(rng.choice(areas, rng.integers(0, 3))) for _ in range(12)],
                   provides=some(codes, 12), only_for=some(traits, 12))
    return n, o


def reaches(n, o, i, j):
    """Metres (NaN: not known) when need i may be given offer j, else None; by the rules, one pair at a time."""
    known = n.precision[i] == o.precision[j] == "exact"
    point = ecef(np.array([n.lat[i], o.lat[j]]), np.array([n.lon[i], o.lon[j]]))
    metres = distance_m(point[:1], point[1:])[0] if known else np.nan
    by_area = o.countrywide[j] or any(a and str(n.area[i]).startswith(a) for a in o.areas[j])
    conditions = n.asks[i] <= o.provides[j]
    for group in {c[0] for c in o.only_for[j]} & {c[0] for c in n.traits[i]}:
        conditions &= bool({c for c in o.only_for[j] if c[0] == group} & n.traits[i])
    allowed = n.type[i] == o.type[j] and conditions and o.capacity[j] > 0 and (
        by_area or (known and metres <= o.radius_km[j] * 1000))
    return metres if allowed else None


def test_equals_are_decided_by_the_order_of_rows():
    two = offers(capacity=[1, 1])
    assert plan(needs(), two).offer.tolist() == plan(needs(), replace(two, areas=[("36",), ("36",)])).offer.tolist()


def test_a_fairer_plan_serves_the_worst_town_better_for_no_more_than_is_given_up():
    """Two towns, three units, all needs of the one more urgent: one unit must move for each to have some."""
    towns = needs(urgency=[5, 5, 4, 3], area=["360302001001", "360302001002", "360302001", "360302002001"])
    three = offers(capacity=[3])
    best, fair, dear = (plan(towns, three, fairness=share) for share in (None, 0.2, 0.01))
    assert best.need.tolist() == dear.need.tolist() == [0, 1, 2]
    assert fair.need.tolist() == [0, 1, 3]
    assert (fair.weight, fair.upper_bound, fair.price.tolist()) == (best.weight - 100, best.weight, best.price.tolist())
    assert (fair.fairness["worst_area"], fair.fairness["worst_share"]) == ("360302001", pytest.approx(2 / 3))
    assert (dear.fairness["worst_area"], dear.fairness["worst_share"]) == ("360302002", 0)


def test_units_are_kept_for_those_who_are_worth_more():
    tonight = needs(urgency=[2, 5])
    assert plan(tonight, offers(capacity=[2]), worth=np.array([600.0])).need.tolist() == [1]
    assert plan(tonight, offers(capacity=[2]), worth=np.array([0.0])).need.tolist() == [0, 1]
    held = plan(tonight, offers(capacity=[2]), worth=np.array([900.0]))
    assert (held.need.tolist(), held.weight, held.upper_bound) == ([], 0, plan(tonight, offers(capacity=[2])).weight)
    with pytest.raises(ValueError, match="together"):
        plan(tonight, offers(), fairness=0.1, worth=np.zeros(1))
