"""Offers in words, as pages show them: where they reach, what they ask, how much is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from matching.conditions import GROUPS, PERSON, WORKPLACES, of_group, provided
from matching.offers.models import Offer
from matching.places import queries as places
from matching.words import condition_word
from matching.words_needs import group_word

NAMED = 3
"""So many areas are named in a list; of more the number is told."""


@dataclass(frozen=True, slots=True)
class Card:
    """One offer as a page shows it. `state`: open, paused, closed, ended, later (not begun) or unvetted."""

    id: int
    help_type: str
    title: str
    organisation: str
    organisation_id: int
    kind: str
    place: str
    reach: str
    left: int
    capacity: int
    taken: int
    unit: str
    conditions: Sequence[str]
    starts_on: date
    ends_on: date | None
    state: str


def cards(offers: Sequence[Offer], locale: str, today: date, more_codes: Sequence[str] = ()) -> tuple[
        list[Card], dict[str, str]]:
    """Offers as cards, and the names of all areas in them and of `more_codes`, in one SELECT at most."""
    codes = {code for offer in offers for code in (*places.ancestors(offer.area_code),
                                                   *(area.area_code for area in offer.areas))}
    names = places.area_names({*codes, *more_codes})
    return [card(offer, names, locale, today) for offer in offers], names


def card(offer: Offer, names: Mapping[str, str], locale: str, today: date) -> Card:
    """One offer as a card; `names` holds the names of its areas and of those above its place."""
    chain = [names.get(code, code) for code in places.ancestors(offer.area_code) if len(code) >= 6]
    between = "" if locale.startswith("zh") else ", "
    return Card(
        offer.id, offer.help_type, offer.title, offer.organisation.name, offer.organisation_id,
        offer.organisation.kind, between.join(chain or [names.get(offer.area_code, offer.area_code)]),
        reach_words(offer, names), offer.capacity - offer.taken, offer.capacity, offer.taken, offer.unit,
        [*provides_words(offer), *only_for_words(offer)], offer.starts_on, offer.ends_on,
        state_of(offer, today))


def place_words(offer: Offer, place: str, *, known: bool) -> str:
    """Where an offer is, to the door. `known`: the reader may know a volunteer's home; others read its town only.

    An address that begins with the town's own name says it once.
    """
    if offer.organisation.kind == "volunteer" and not known:
        return place
    told = next((length for length in range(len(offer.address), 1, -1) if place.endswith(offer.address[:length])), 0)
    return str(_("%(place)s%(address)s", place=place, address=offer.address[told:]))


def state_of(offer: Offer, today: date) -> str:
    """What keeps an offer from being paired, or `open`."""
    if offer.status != "open":
        return offer.status
    if offer.organisation.status != "vetted":
        return "unvetted"
    if offer.ends_on is not None and offer.ends_on < today:
        return "ended"
    return "later" if offer.starts_on > today else "open"


def reach_words(offer: Offer, names: Mapping[str, str], named: int = NAMED) -> str:
    """How far an offer reaches: 15 公里以内, 双溪镇、石桥镇, 全国."""
    if offer.reach == "country":
        return str(_("全国"))
    if offer.reach == "radius":
        return str(_("%(km)s 公里以内", km=f"{offer.radius_km:g}"))
    areas = [names.get(area.area_code, area.area_code) for area in offer.areas]
    if len(areas) > named:
        return str(ngettext("%(first)s等 %(n)s 处", "%(first)s等 %(n)s 处", len(areas), first=areas[0], n=len(areas)))
    return _list(areas)


def _list(words: Sequence[str]) -> str:
    """Words as a list is written in the reader's language."""
    return (", " if str(get_locale()) == "en" else "、").join(words)


def provides_words(offer: Offer) -> list[str]:
    """What an offer provides; of a job also where it is done when nobody has said so."""
    codes = provided(offer.help_type, offer.provides)
    order = [*WORKPLACES, *offer.provides]
    return [condition_word(code) for code in dict.fromkeys(order) if code in codes]


def only_for_words(offer: Offer) -> list[str]:
    """To what needs an offer is limited, one condition for each group: 只限：高中、大学; 科目：数学."""
    known = {group: of_group(offer.only_for, group) for group in GROUPS}
    others = [code for code in offer.only_for if not any(code in codes for codes in known.values())]
    said = [_("只限：%(whom)s", whom=_list([condition_word(code) for code in codes])) if group in PERSON
            else _("%(what)s：%(which)s", what=group_word(group), which=_list([condition_word(code) for code in codes]))
            for group, codes in known.items() if codes]
    return [*said, *(_("只限：%(whom)s", whom=condition_word(code)) for code in others)]
