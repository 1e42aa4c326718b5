"""The forms of papers and photos."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import MultipleFileField, RadioField, SelectField
from wtforms.validators import InputRequired

from matching.forms import CreatingForm, required
from matching.households.forms_choices import PAPERS, REMOVED, choices
from matching.households.models import Household

MOST_FILES = 8
ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"


class PaperForm(CreatingForm):
    """Papers of one kind, taken by the camera or chosen on the phone."""

    kind = SelectField(_l("是什么"), [required(_l("请选一个。"))], choices=choices(PAPERS, _l("请选一个")))
    member = SelectField(_l("谁的"))
    photos = MultipleFileField(_l("现在拍照"))
    files = MultipleFileField(_l("或者从手机、电脑里选"))

    def offer_members(self, household: Household) -> None:
        """Let the form ask whose paper it is. Call before validating."""
        self.photos.flags.required = self.files.flags.required = True  # one of the two: neither says "optional"
        self.member.choices = [("", _l("全家")), *((str(member.id), member.name) for member in household.members)]

    def sent(self) -> list[FileStorage]:
        """The files that were sent, from the camera and from the phone's store."""
        return [file for file in (self.photos.data or []) + (self.files.data or [])
                if isinstance(file, FileStorage) and file.filename]

    def validate(self, extra_validators: Mapping[str, object] | None = None) -> bool:
        """At least one file, and not too many at once."""
        well = bool(super().validate(extra_validators))
        number = len(self.sent())
        if not number or number > MOST_FILES:
            said: LazyString = _l("请拍一张或选一个文件。")
            if number:
                said = _l("一次最多 %(n)s 个，请分几次传。", n=MOST_FILES)
            self.files.errors = [*self.files.errors, said]
            return False
        return well


class RemovePaperForm(CreatingForm):
    """Why a paper is taken away."""

    reason = RadioField(_l("为什么删"), [InputRequired(_l("请选一个原因。"))], choices=list(REMOVED.items()))
