"""The forms of a household's file: the household itself, its members, why somebody looks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, DecimalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange
from wtforms.validators import Optional as MayBeEmpty

from matching.crypto import normalised
from matching.forms import BaseForm, CreatingForm, at_most, required
from matching.households.forms_choices import (
    CATEGORY_CHOICES,
    CAUSES,
    DISABILITIES,
    EMPLOYMENTS,
    HEALTHS,
    HOUSINGS,
    RELATIONS,
    RESIDENCES,
    SEXES,
    STAGES,
    SUPPORTS,
    WORK_ABILITIES,
    Words,
    choices,
    choices_with,
)
from matching.households.models import Household, Member
from matching.households.service_files import HouseholdFacts, MemberFacts

FEN_PER_YUAN = 100
CLEARED = ("无", "none")
"""What a person writes into a hidden field to take its value away; empty leaves it as it is."""


def kept_or(text: str | None) -> str | None:
    """What a hidden field says: None to leave the value as it is, empty to take it away, else the new value."""
    return None if not text else "" if text.lower() in CLEARED else text


def _written(form: Any) -> dict[str, Any]:
    """The open and the hidden fields of a form by name."""
    return {**{name: form[name].data or "" for name in form.OPEN},
            **{name: kept_or(form[name].data) for name in form.HIDDEN}}


class SearchForm(BaseForm):
    """One box for a name, as written or in pinyin, or any number that a household or a person has."""

    asked = StringField(_l("姓名、拼音、户号、身份证号或电话"), [
        required(_l("请写姓名、拼音、户号、身份证号或电话。")), at_most(40)])

    def holds_number(self) -> bool:
        """Whether this is a number that must stand in no address: seven digits or more."""
        return sum(character.isdigit() for character in normalised(self.asked.data or "")) >= 7


class WhyForm(BaseForm):
    """Why somebody opens a file, or sees it in full."""

    why = SelectField(_l("为什么要看"), [required(_l("请选一个原因。"))])

    def offer(self, reasons: Words) -> None:
        """The reasons to choose from. Call before validating."""
        self.why.choices = choices(reasons, _l("请选一个"))


class HouseholdForm(CreatingForm):
    """One household's file. On an existing file the hidden fields are empty: empty leaves them as they are."""

    area_code = SelectField(_l("村或社区"), [required()])
    head_name = StringField(_l("户主姓名"), [required(), at_most(60)])
    identity_number = StringField(_l("户主身份证号"), [MayBeEmpty(), at_most(30)])
    number = StringField(_l("户号"), [MayBeEmpty(), at_most(40)])
    category = SelectField(_l("低保或特困类别"), choices=CATEGORY_CHOICES, default="none")
    cause = SelectField(_l("主要难处"), choices=choices(CAUSES))
    phone = StringField(_l("电话"), [MayBeEmpty(), at_most(30)])
    address = StringField(_l("门牌地址"), [MayBeEmpty(), at_most(200)])
    residence = SelectField(_l("户籍"), choices=choices(RESIDENCES))
    housing = SelectField(_l("住房"), choices=choices(HOUSINGS))
    support = SelectField(_l("赡养抚养义务人"), choices=choices(SUPPORTS))
    bank_account = StringField(_l("银行账号"), [MayBeEmpty(), at_most(40)])
    note = TextAreaField(_l("备注"), [MayBeEmpty(), at_most(1000)])
    why = StringField(_l("为什么改"), [MayBeEmpty(), at_most(100)])

    OPEN = ("head_name", "number", "category", "cause", "residence", "housing", "support")
    HIDDEN = ("phone", "address", "bank_account", "note")

    def show(self, household: Household) -> None:
        """Offer what the file says now, also where it is no code of ours. Call before validating."""
        for name, table in (("cause", CAUSES), ("housing", HOUSINGS), ("residence", RESIDENCES),
                            ("support", SUPPORTS)):
            self[name].choices = choices_with(table, getattr(household, name))

    def facts(self) -> HouseholdFacts:
        """What was written, as the service takes it."""
        return HouseholdFacts(area_code=self.area_code.data, identity_number=kept_or(self.identity_number.data),
                              **_written(self))


class MemberForm(CreatingForm):
    """One person of a household. Hidden fields as in `HouseholdForm`."""

    name = StringField(_l("姓名"), [required(), at_most(60)])
    relation = SelectField(_l("和户主的关系"), [required(_l("请选一个。"))], choices=choices(RELATIONS, _l("请选一个")))
    identity_number = StringField(_l("身份证号"), [MayBeEmpty(), at_most(30)])
    sex = SelectField(_l("性别"), choices=choices(SEXES))
    born_on = DateField(_l("出生日期"), [MayBeEmpty()])
    phone = StringField(_l("电话"), [MayBeEmpty(), at_most(30)])
    health = SelectField(_l("身体"), choices=choices(HEALTHS))
    illness = StringField(_l("病情"), [MayBeEmpty(), at_most(200)])
    disability_kind = SelectField(_l("残疾类别"), choices=choices(DISABILITIES, _l("没有")))
    disability_grade = IntegerField(_l("残疾等级"), [MayBeEmpty(), NumberRange(1, 4, _l("残疾等级是 1 到 4。"))])
    work_ability = SelectField(_l("劳动能力"), choices=choices(WORK_ABILITIES))
    employment = SelectField(_l("做什么"), choices=choices(EMPLOYMENTS))
    school_stage = SelectField(_l("在读"), choices=choices(STAGES, _l("没有在读")))
    monthly_income = DecimalField(_l("每月收入（元）"), [
        MayBeEmpty(), NumberRange(0, 1_000_000, _l("请写 0 到 1,000,000 之间的数，例如 800。"))], places=2)
    why = StringField(_l("为什么改"), [MayBeEmpty(), at_most(100)])

    OPEN = ("name", "relation", "sex", "health", "disability_kind", "work_ability", "employment", "school_stage")
    HIDDEN = ("identity_number", "phone", "illness")
    TABLES: dict[str, Any] = {
        "relation": RELATIONS, "sex": SEXES, "health": HEALTHS, "disability_kind": DISABILITIES,
        "work_ability": WORK_ABILITIES, "employment": EMPLOYMENTS, "school_stage": STAGES}

    def show(self, member: Member) -> None:
        """Offer what the file says now, also where it is no code of ours. Call before validating."""
        for name, table in self.TABLES.items():
            self[name].choices = choices_with(table, getattr(member, name))
        if not self.is_submitted():
            income = member.monthly_income_fen
            self.monthly_income.data = None if income is None else Decimal(income) / FEN_PER_YUAN

    def facts(self) -> MemberFacts:
        """What was written, as the service takes it; income in whole fen."""
        income = self.monthly_income.data
        return MemberFacts(born_on=self.born_on.data, disability_grade=self.disability_grade.data,
                           monthly_income_fen=None if income is None else round(income * FEN_PER_YUAN),
                           **_written(self))
