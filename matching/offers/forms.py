"""The forms of offers: posting one, prolonging several, a county's answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FloatField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import CheckboxInput, ListWidget

from matching.conditions import GROUPS, asked, groups, of_group
from matching.forms import BaseForm, CreatingForm, at_most, required
from matching.offers.models import Offer
from matching.offers.service import OfferFacts
from matching.words import CONDITIONS, HELP_TYPES

MOST = 100_000_000
NOT_OFFERED = ("under60",)
"""Known of people, but nothing that an offer is limited to."""


def boxes(label: Any, codes: tuple[str, ...] = ()) -> SelectMultipleField:
    """A group of boxes; without codes its choices come later."""
    return SelectMultipleField(label, choices=[(code, CONDITIONS[code]) for code in codes], widget=ListWidget(),
                               option_widget=CheckboxInput())


class OfferForm(CreatingForm):
    """What an organisation or a volunteer can give; its conditions are those of the type (`ask_about`)."""

    help_type = SelectField(_l("哪种帮助"), [required()])
    title = StringField(_l("叫什么"), [required(), at_most(120)])
    capacity = IntegerField(_l("一共能帮多少"), [
        InputRequired(_l("请写一个整数，例如 12。")), NumberRange(1, MOST, _l("请写 1 以上的整数。"))])
    unit = StringField(_l("按什么算"), [MayBeEmpty(), at_most(20)])
    description = TextAreaField(_l("说明"), [MayBeEmpty(), at_most(1000)])
    area_code = SelectField(_l("在哪里"), [required()])
    address = StringField(_l("详细地址"), [MayBeEmpty(), at_most(200)])
    reach = RadioField(_l("帮到哪里"), [InputRequired(_l("请选一个。"))], choices=[
        ("radius", _l("周围多少公里")), ("areas", _l("这些地方")), ("country", _l("全国"))], default="areas")
    radius_km = FloatField(_l("多少公里"), [MayBeEmpty()])
    areas = boxes(_l("哪些地方"))
    provides = boxes(_l("做得到的"))
    only_for = boxes(_l("给什么样的需求"))
    starts_on = DateField(_l("从哪天起"), [InputRequired(_l("请写日期，例如 2026-12-01。"))])
    ends_on = DateField(_l("到哪天止"), [MayBeEmpty()])

    groups: Sequence[tuple[str, list[str]]] = ()
    OPEN = ("title", "description", "unit", "address")

    @staticmethod
    def present(offer: Offer) -> dict[str, Any]:
        """What the form shows of an offer that exists."""
        names = ("help_type", "title", "capacity", "unit", "description", "area_code", "address", "reach", "radius_km",
                 "provides", "only_for", "starts_on", "ends_on")
        return {**{name: getattr(offer, name) for name in names}, "areas": [area.area_code for area in offer.areas]}

    def offer_places(self, places: list[tuple[str, str]], reaches: list[tuple[str, str]],
                     offer: Offer | None = None) -> None:
        """Let the form ask where the offer stands and which areas it serves. Call before validating.

        An offer that exists keeps its place and areas where they are not in our lists.
        """
        here, served = [offer.area_code] if offer else [], [area.area_code for area in offer.areas] if offer else []
        self.area_code.choices = [*places, *((code, code) for code in here if code not in dict(places))]
        self.areas.choices = [*reaches, *((code, code) for code in served if code not in dict(reaches))]

    def ask_about(self, help_type: str, offer: Offer | None = None) -> None:
        """Let the form ask for what needs of a type are compared by. Call before validating.

        An offer that exists keeps conditions that are not in the lists of its type.
        """
        self.help_type.choices = [(help_type, HELP_TYPES[help_type])]
        told: dict[str, tuple[str, ...]] = {
            "provides": asked(help_type),
            "only_for": tuple(code for group in groups(help_type) for code in GROUPS[group] if code not in NOT_OFFERED)}
        for name, codes in told.items():
            before = getattr(offer, name) if offer else []
            further = [code for code in before if code not in codes]
            self[name].choices = [(code, CONDITIONS.get(code, code)) for code in (*codes, *further)]
        kept = [code for code in (offer.only_for if offer else []) if code not in told["only_for"]]
        self.groups = [*((group, of_group(told["only_for"], group)) for group in groups(help_type)),
                       *([("kept", kept)] if kept else [])]

    def facts(self) -> OfferFacts:
        """What was written, as the service takes it."""
        values: dict[str, Any] = {name: self[name].data for name in (
            "help_type", "capacity", "area_code", "reach", "starts_on", "ends_on", "radius_km")}
        lists: dict[str, Any] = {name: tuple(self[name].data or ()) for name in ("areas", "provides", "only_for")}
        words: dict[str, Any] = {name: self[name].data or "" for name in self.OPEN}
        return OfferFacts(**values, **lists, **words)


class StepForm(BaseForm):
    """A step that needs no words, only the click."""


class ExtendForm(BaseForm):
    """A new last day for several offers."""

    offer_ids = SelectMultipleField(
        _l("资源"), [required(_l("请先勾选要延长的资源。"))], coerce=int, validate_choice=False, widget=ListWidget(),
        option_widget=CheckboxInput())
    ends_on = DateField(_l("新的截止日期"), [InputRequired(_l("请写日期，例如 2027-12-31。"))])


class ClearForm(BaseForm):
    """A county's yes or no to an offer from elsewhere."""

    answer = RadioField(_l("本县同意吗"), [InputRequired(_l("请选一个。"))], choices=[
        ("yes", _l("同意，可以和本县的需求结对")), ("no", _l("不同意"))])
    reason = StringField(_l("原因"), [MayBeEmpty(), at_most(200)])
