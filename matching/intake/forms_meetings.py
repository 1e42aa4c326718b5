"""The forms of joint meetings: calling, noting, deciding, carrying out, calling off."""

from __future__ import annotations

from datetime import date, datetime, time

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, SelectMultipleField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from matching.clock import SHANGHAI
from matching.forms import CreatingForm, at_most, required

__all__ = ["CallForm", "CancelForm", "DecideForm", "DoneForm", "HoldForm"]

WORDS, LONG = 500, 1500


class CallForm(CreatingForm):
    """When and where, what is known, who is invited."""

    held_on = DateField(_l("哪一天"), [required(_l("请写哪一天。"))])
    held_time = TimeField(_l("几点"), [InputRequired(_l("请写几点。"))], default=time(9, 30))
    place = StringField(_l("在哪里开"), [required(_l("请写在哪里开。")), at_most(80)])
    facts = TextAreaField(_l("要商量什么"), [required(_l("请写要商量什么。")), at_most(LONG)])
    organisation_ids = SelectMultipleField(_l("请哪些部门"), [required(_l("至少请一个单位。"))], coerce=int,
                                           validate_choice=False, widget=ListWidget(), option_widget=CheckboxInput())

    def held_at(self) -> datetime:
        """The instant that was written; call after validating."""
        return datetime.combine(self.held_on.data or date.min, self.held_time.data or time.min, SHANGHAI)


class HoldForm(CreatingForm):
    """Who came and what was said."""

    came = SelectMultipleField(_l("哪些单位来了"), coerce=int, widget=ListWidget(), option_widget=CheckboxInput())
    summary = TextAreaField(_l("说了些什么"), [required(_l("请写说了些什么。")), at_most(LONG)])


class DecideForm(CreatingForm):
    """One decision, its one owner and its day."""

    words = TextAreaField(_l("定了什么"), [required(_l("请写定了什么。")), at_most(WORDS)])
    owner = SelectField(_l("谁来办"), [InputRequired(_l("请选一个单位或者一位干部。"))], validate_choice=False)
    due_on = DateField(_l("哪天之前办好"), [required(_l("请写哪天之前办好。"))])

    def owned_by(self) -> dict[str, int | None]:
        """Whose it is, as `service_meetings.decide` takes it."""
        kind, number = (self.owner.data or "")[:1], (self.owner.data or "")[1:]
        mine = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
        return {"organisation_id": mine if kind == "o" else None, "owner_id": mine if kind == "u" else None}


class DoneForm(CreatingForm):
    """How one can tell that it is done."""

    note = TextAreaField(_l("怎么办的"), [required(_l("请写一句怎么办的。")), at_most(WORDS)])


class CancelForm(CreatingForm):
    """Why a meeting is called off."""

    why = TextAreaField(_l("为什么取消"), [required(_l("请写为什么取消。")), at_most(WORDS)])
