"""Forms of assistance menus: one item, the signature, a review."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FileField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from matching.forms import CreatingForm, at_most, required
from matching.pairings.forms_life import Signed
from matching.words import HELP_TYPES
from matching.words_policies import RHYTHMS

FEN_PER_YUAN = 100


class ItemForm(CreatingForm):
    """What an item of a menu says."""

    what = StringField(_l("给什么"), [required(_l("请写给什么。")), at_most(200)])
    giver = StringField(_l("谁给"), [MayBeEmpty(), at_most(120)])
    amount = DecimalField(_l("多少钱"), [MayBeEmpty(), NumberRange(
        0, 1_000_000, message=_l("金额要在 0 到 1,000,000 元之间。"))], places=2)
    per = SelectField(_l("怎么给"), [InputRequired()], choices=list(RHYTHMS.items()))

    def validate_amount(self, field: DecimalField) -> None:
        """No part of a fen."""
        if field.data is not None and field.data * FEN_PER_YUAN != int(field.data * FEN_PER_YUAN):
            raise ValidationError(_l("最多两位小数。"))

    @property
    def fen(self) -> int:
        """The sum that was written; 0 for help that is no money."""
        return int((self.amount.data or 0) * FEN_PER_YUAN)


class NewMenuItemForm(ItemForm):
    """Something that was not drawn."""

    help_type = SelectField(_l("什么帮助"), [InputRequired()], choices=list(HELP_TYPES.items()))


class MenuItemForm(ItemForm):
    """What an item says, or that the household does not want it."""

    is_declined = BooleanField(_l("这家不要"))
    reason = StringField(_l("为什么不要"), [MayBeEmpty(), at_most(200)])


class SeenForm(CreatingForm):
    """The household agrees to what it was shown: `version`."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version that was shown."""
        written = str(self.version.data or "")
        return int(written[:9]) if written.isdecimal() else 0


class SignMenuForm(SeenForm, Signed):
    """The household signs with a finger, or on paper that is photographed."""

    signer_name = StringField(_l("谁签的"), [required(_l("请写谁签的。")), at_most(60)])
    signature = HiddenField(_l("在这里签名"))
    photo = FileField(_l("或者拍签过字的纸"))
    review_on = DateField(_l("下次哪天再看"), [required(_l("请写哪一天。"))])


class ReviewMenuForm(CreatingForm):
    """What has come of a menu."""

    reviewed_on = DateField(_l("哪天看的"), [required(_l("请写哪一天。"))])
    words = TextAreaField(_l("落实得怎么样"), [required(_l("请写落实得怎么样。")), at_most(300)])
    next_on = DateField(_l("下次哪天再看"), [MayBeEmpty()])
