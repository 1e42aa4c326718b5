"""The forms of imports: a register file, what its columns mean."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField

from matching.forms import CreatingForm, OneOf, required
from matching.words_registers import KINDS


class ImportForm(CreatingForm):
    """One file, and what kind of register it is."""

    kind = SelectField(_l("这是哪种表"), choices=list(KINDS.items()), default="households",
                       validators=[required(), OneOf(tuple(KINDS))])
    file = FileField(_l("表格文件"), validators=[FileRequired(_l("请选择一个文件。"))])


class StepForm(CreatingForm):
    """A button that confirms, stops or takes back an import."""
