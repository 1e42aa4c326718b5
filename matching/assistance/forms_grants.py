"""Forms of money: asking, signing, paying, papers that are owed, money that comes back, payment lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import CheckboxInput, ListWidget

from matching.assistance.forms import FEN_PER_YUAN, WholeFen
from matching.assistance.models_grants import Cost, Grant
from matching.assistance.service_grants import GrantFacts
from matching.assistance.service_reckonings import Reckoned
from matching.assistance.service_rhythm import Due
from matching.forms import CreatingForm, at_most, required
from matching.households.models import Household
from matching.words import HELP_TYPES
from matching.words_policies import POLICIES, RHYTHMS, SOURCES, policy_word, reason_words

LONGEST_PAPER = 60
MOST_PAPERS = 12
LONGEST_REASON = 300


def _fen(yuan: Decimal | None) -> int:
    return int((yuan or 0) * FEN_PER_YUAN)


class GrantForm(CreatingForm):
    """Help that is asked for."""

    help_type = SelectField(_l("什么帮助"), [InputRequired()], choices=list(HELP_TYPES.items()))
    purpose = StringField(_l("做什么用"), [required(_l("请写做什么用。")), at_most(80)])
    member_id = SelectField(_l("给谁"), [InputRequired()], coerce=int)
    cost_id = SelectField(_l("付哪一笔要花的钱"), [MayBeEmpty()], coerce=int, default=0)
    policy = SelectField(_l("按哪项政策"), [MayBeEmpty()], choices=[
        ("", _l("不按政策")), *((code, word) for code, word in POLICIES.items() if code != "limits")])
    source = RadioField(_l("钱从哪里来"), [InputRequired(_l("请选钱从哪里来。"))], choices=[
        (code, word) for code, word in SOURCES.items() if code != "unknown"])
    giver = StringField(_l("谁出"), [required(_l("请写谁出。")), at_most(80)])
    rhythm = RadioField(_l("怎么给"), [InputRequired(_l("请选怎么给。"))], choices=list(RHYTHMS.items()))
    amount = DecimalField(_l("每次多少"), [InputRequired(_l("请写金额。")), NumberRange(
        0, 1_000_000, message=_l("金额要在 0 到 1,000,000 元之间。")), WholeFen()], places=2)
    starts_on = DateField(_l("从哪一天起"), [required(_l("请写从哪一天起。"))])
    until = DateField(_l("到哪一天止"), [MayBeEmpty()])
    reason = TextAreaField(_l("为什么要帮"), [required(_l("请写为什么要帮。")), at_most(LONGEST_REASON)])
    is_green = BooleanField(_l("来不及等：先行救助，先发后批"))
    papers = TextAreaField(_l("先行救助欠哪些材料"), [MayBeEmpty(), at_most(300)])

    def offer(self, household: Household, costs: Iterable[Cost] = ()) -> None:
        """Whom of the household it can be for, and which of its costs."""
        self.member_id.choices = [(0, _l("全家")), *((one.id, one.name) for one in household.members)]
        self.cost_id.choices = [(0, _l("不记在哪一笔上")), *((cost.id, cost.what) for cost in costs)]

    def facts(self) -> GrantFacts:
        """What was written."""
        words = {name: self[name].data or "" for name in (
            "help_type", "purpose", "source", "giver", "rhythm", "reason", "policy")}
        papers = [line.strip()[:LONGEST_PAPER] for line in re.split(r"[\n、，,；;]+", self.papers.data or "")]
        return GrantFacts(**words, amount_fen=_fen(self.amount.data), until=self.until.data,
                          starts_on=self.starts_on.data or date.min, member_id=self.member_id.data or 0,
                          is_green=bool(self.is_green.data), cost_id=self.cost_id.data or 0,
                          papers=tuple(filter(None, papers))[:MOST_PAPERS])


OF_GRANTS = ("help_type", "purpose", "policy", "source", "giver", "rhythm", "starts_on", "until", "reason", "is_green")


def values_of(grant: Grant) -> dict[str, object]:
    """What a form that asks again is filled with."""
    return {name: getattr(grant, name) for name in OF_GRANTS} | {
            "amount": Decimal(grant.amount_fen) / FEN_PER_YUAN, "member_id": grant.member_id or 0,
            "cost_id": grant.cost_id or 0, "papers": "\n".join(paper.name for paper in grant.papers)}


def values_reckoned(reckoned: Reckoned | None) -> dict[str, object]:
    """What a form that asks for help is filled with after a policy was reckoned; nothing without."""
    if reckoned is None:
        return {}
    answer = reckoned.answer
    return {"policy": answer.policy, "help_type": reckoned.help_type, "rhythm": answer.per,
            "purpose": policy_word(answer.policy), "member_id": reckoned.member_id,
            "amount": Decimal(answer.amount_fen) / FEN_PER_YUAN,
            "reason": reason_words(answer.why, answer.facts)[:LONGEST_REASON]}


class DecideGrantForm(CreatingForm):
    """Approve, return or refuse what was asked. `stage`: which signature the page showed."""

    stage = HiddenField()
    decision = RadioField(_l("怎么定"), [InputRequired(_l("请选一种处理。"))], choices=[
        ("approve", _l("批准")), ("return", _l("退回，要补情况")), ("refuse", _l("不批"))])
    words = TextAreaField(_l("原因"), [MayBeEmpty(), at_most(300)])


class PayForm(CreatingForm):
    """Note that help was given, for one of the periods that are open."""

    period = SelectField(_l("哪一期"), [MayBeEmpty()], validate_choice=False, choices=[])
    paid_on = DateField(_l("哪天发的"), [required(_l("请写哪天发的。"))])

    def offer(self, dues: Iterable[Due]) -> None:
        """The periods that may be paid, the one that is due now first."""
        self.period.choices = [(due.period, due.period) for due in reversed(list(dues)) if due.period != "once"]


class EndGrantForm(CreatingForm):
    """End help that still runs."""

    last_on = DateField(_l("发到哪一天"), [required(_l("请写发到哪一天。"))])
    words = StringField(_l("为什么停"), [required(_l("请写为什么停。")), at_most(100)])


class DemandBackForm(CreatingForm):
    """Ask for money back whose papers have not come."""

    words = TextAreaField(_l("为什么要追回"), [required(_l("请写为什么要追回。")), at_most(300)])


class ReclaimForm(CreatingForm):
    """Money that came back, all or part."""

    amount = DecimalField(_l("这次追回多少"), [InputRequired(_l("请写金额。")), NumberRange(
        0, 1_000_000, message=_l("金额要在 0 到 1,000,000 元之间。")), WholeFen()], places=2)
    back_on = DateField(_l("哪天追回的"), [required(_l("请写哪一天。"))])
    waive = BooleanField(_l("余下的不再追回"))
    words = StringField(_l("说明"), [MayBeEmpty(), at_most(200)])

    @property
    def fen(self) -> int:
        """The sum that was written."""
        return _fen(self.amount.data)


class CostForm(CreatingForm):
    """What a household has to pay for."""

    what = StringField(_l("要花在什么上"), [required(_l("请写要花在什么上。")), at_most(80)])
    amount = DecimalField(_l("一共要多少"), [InputRequired(_l("请写金额。")), NumberRange(
        Decimal("0.01"), 10_000_000, message=_l("金额要在 0.01 到 10,000,000 元之间。")), WholeFen()], places=2)
    known_on = DateField(_l("哪天知道的"), [required(_l("请写哪一天。"))])

    @property
    def fen(self) -> int:
        """The sum that was written."""
        return _fen(self.amount.data)


class ListForm(CreatingForm):
    """Make the payment list of a month."""

    period = StringField(_l("哪个月"), [required(_l("请写哪个月，例如 2026-11。")), at_most(7)])


class LinesForm(CreatingForm):
    """Which lines of a list are meant."""

    line_ids = SelectMultipleField(coerce=int, validate_choice=False, widget=ListWidget(),
                                   option_widget=CheckboxInput())


class PayListForm(LinesForm):
    """Which lines of a list were paid, and when."""

    paid_on = DateField(_l("哪天发的"), [required(_l("请写哪天发的。"))])


class FailLinesForm(LinesForm):
    """Which lines the bank sent back, and why."""

    reason = StringField(_l("银行怎么说"), [required(_l("请写为什么没有发成，例如“账号不对”。")), at_most(200)])
