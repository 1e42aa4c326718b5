"""Forms of approvals: who signs what in a county, who stands in for whom, who keeps away from whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from wtforms import DateField, DecimalField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from matching.accounts.models import User
from matching.assistance.forms import FEN_PER_YUAN, WholeFen
from matching.assistance.service_approvals import Rung
from matching.forms import CreatingForm, at_most, required
from matching.words_policies import CHAINS, TIES

RUNGS = 3


def _amount() -> DecimalField:
    return DecimalField(_l("最多到"), [MayBeEmpty(), NumberRange(
        0, 10_000_000, message=_l("金额要在 0 到 10,000,000 元之间。")), WholeFen()], places=2)


def _chain() -> SelectField:
    return SelectField(_l("谁来批"), [MayBeEmpty()], choices=[("", _l("没有这一档")), *CHAINS.items()])


class ApprovalRuleForm(CreatingForm):
    """Who signs for one kind of help: two rungs that end with a sum, and the last one that does not."""

    starts_on = DateField(_l("从哪一天起"), [required(_l("请写从哪一天起。"))])
    fen_1 = _amount()
    chain_1 = _chain()
    fen_2 = _amount()
    chain_2 = _chain()
    chain_3 = SelectField(_l("再多的谁来批"), [MayBeEmpty()], choices=[])
    reason = StringField(_l("依据哪份文件"), [required(_l("请写依据，例如文号。")), at_most(200)])

    def offer(self, help_type: str) -> None:
        """A single kind may also go by what counts for every kind."""
        none = [("", _l("按通用的来，上面不填"))] if help_type else [("", _l("请选谁来批"))]
        self.chain_3.choices = [*none, *CHAINS.items()]
        self.chain_3.flags.required = not help_type

    def rungs(self) -> list[Rung]:
        """What was written, rising; none when the kind goes by what counts for every kind."""
        written = [(self.fen_1.data, self.chain_1.data), (self.fen_2.data, self.chain_2.data)]
        found = [Rung(int(yuan * FEN_PER_YUAN), chain) for yuan, chain in written if yuan is not None and chain]
        return [*found, Rung(None, self.chain_3.data)] if self.chain_3.data else []

    def validate(self, extra_validators: object = None) -> bool:
        """A rung has both its sum and who signs, and above the rungs somebody signs too."""
        well = bool(super().validate(extra_validators))
        for number in (1, 2):
            fen, chain = self[f"fen_{number}"], self[f"chain_{number}"]
            if (fen.data is None) == bool(chain.data):
                (chain if fen.data is not None else fen).errors = [_l("金额和谁来批要一起写。")]
                well = False
            elif chain.data and not self.chain_3.data:
                self.chain_3.errors = [_l("再多的也要有人批。")]
                well = False
        return well


def rule_values(rungs: Sequence[Rung]) -> dict[str, object]:
    """What the form is filled with: the rungs that count now."""
    values: dict[str, object] = {"chain_3": rungs[-1].chain}
    for number, rung in enumerate(rungs[:-1], 1):
        values |= {f"fen_{number}": Decimal(rung.up_to_fen or 0) / FEN_PER_YUAN, f"chain_{number}": rung.chain}
    return values


class SubstituteForm(CreatingForm):
    """Who signs for whom, and when."""

    absent_id = SelectField(_l("谁不在"), [InputRequired()], coerce=int)
    substitute_id = SelectField(_l("谁来代"), [InputRequired()], coerce=int)
    starts_on = DateField(_l("从哪一天起"), [required(_l("请写从哪一天起。"))])
    until = DateField(_l("到哪一天止"), [required(_l("请写到哪一天止。"))])
    why = StringField(_l("为什么不在"), [MayBeEmpty(), at_most(100)])

    def offer(self, people: Iterable[tuple[User, str]], absent: Iterable[int]) -> None:
        """Who signs in the county, each with the name of its area; who of them may be said to be absent."""
        named = [(user.id, f"{user.name}（{place}）") for user, place in people]
        chosen = set(absent)
        self.absent_id.choices = [one for one in named if one[0] in chosen]
        self.substitute_id.choices = named


class TieForm(CreatingForm):
    """Why somebody keeps away from a household."""

    tie = RadioField(_l("是什么关系"), [InputRequired(_l("请选一个。"))], choices=list(TIES.items()))
