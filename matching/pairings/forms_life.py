"""Forms of what happens on the way of a pairing: handing over with proof, duties, another organisation."""

from __future__ import annotations

import base64
import binascii

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import DateField, FileField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from matching.forms import CreatingForm, at_most, required
from matching.pairings.forms import REASON_LENGTH
from matching.words_steps import PROOFS, RHYTHMS

PICTURE = "data:image/png;base64,"
LONGEST_PICTURE = 600_000


class Signed:
    """A form with a signature drawn with a finger, and a photo."""

    signature: HiddenField
    photo: FileField

    def picture(self) -> bytes:
        """What was drawn with the finger; empty when nothing was, or it is no picture."""
        written = str(self.signature.data or "")
        if not written.startswith(PICTURE) or len(written) > LONGEST_PICTURE:
            return b""
        try:
            return base64.b64decode(written.removeprefix(PICTURE), validate=True)
        except binascii.Error:
            return b""

    def sent(self) -> FileStorage | None:
        """The photo."""
        found = self.photo.data
        return found if isinstance(found, FileStorage) and found.filename else None


class DeliveryForm(CreatingForm, Signed):
    """What was given, when, and how it is proven."""

    quantity = IntegerField(_l("这次给了多少"), [InputRequired(_l("请填数量。")), NumberRange(
        min=1, message=_l("至少是 1。"))])
    given_on = DateField(_l("哪天给的"), [required(_l("请写哪一天。"))])
    note = TextAreaField(_l("给了什么"), [required(_l("请写一句给了什么。")), at_most(REASON_LENGTH)])
    proof = RadioField(_l("怎样证明"), [InputRequired(_l("请选一种。"))], choices=list(PROOFS.items()))
    code = StringField(_l("家里的收货码"), [MayBeEmpty(), at_most(12)])
    photo = FileField(_l("拍一张照片"))
    signature = HiddenField(_l("请家里在这里签名"))


class DutyForm(CreatingForm):
    """What an organisation is to do, and how often."""

    what = StringField(_l("要办什么"), [required(_l("请写要办什么。")), at_most(120)])
    rhythm = RadioField(_l("多久一次"), [InputRequired(_l("请选一种。"))], choices=list(RHYTHMS.items()))
    starts_on = DateField(_l("从哪天起"), [required(_l("请写哪一天。"))])
    ends_on = DateField(_l("到哪天为止"), [MayBeEmpty()])


class TickForm(CreatingForm):
    """A duty was done for one period."""

    period_on = HiddenField()
    done_on = DateField(_l("哪天办的"), [required(_l("请写哪一天。"))])
    note = StringField(_l("办得怎么样"), [MayBeEmpty(), at_most(200)])


class ExemptionForm(CreatingForm):
    """A duty rests until a day."""

    starts_on = DateField(_l("从哪天起"), [required(_l("请写哪一天。"))])
    until = DateField(_l("到哪天为止"), [required(_l("请写哪一天。"))])
    why = StringField(_l("为什么"), [required(_l("请写为什么。")), at_most(200)])


class ChangeForm(CreatingForm):
    """Another organisation takes over."""

    offer_id = RadioField(_l("换成哪个资源"), [InputRequired(_l("请选一个资源。"))], coerce=int, validate_choice=False)
    reason = TextAreaField(_l("为什么换"), [required(_l("请写明原因。")), at_most(REASON_LENGTH)])
