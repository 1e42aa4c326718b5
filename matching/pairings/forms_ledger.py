"""Forms of the closing ledger: evidence, what follow-ups found, what households say, complaints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import (
    DateField,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired
from wtforms.validators import Optional as MayBeEmpty

from matching.forms import BaseForm, CreatingForm, at_most, required
from matching.pairings.forms import REASON_LENGTH
from matching.words import HELP_TYPES
from matching.words_ledger import FOLLOW_UP_RESULTS, HELPED, SCORES, WORD_WAYS

NOTE_LENGTH = 500


class EvidenceForm(CreatingForm):
    """A receipt or a photo."""

    photo = FileField(_l("收据或照片"))

    def sent(self) -> FileStorage | None:
        """The picture."""
        found = self.photo.data
        return found if isinstance(found, FileStorage) and found.filename else None


class FollowUpForm(CreatingForm):
    """What was found."""

    result = RadioField(_l("看到怎么样"), [InputRequired(_l("请选一样结果。"))],
                        choices=[(code, word) for code, word in FOLLOW_UP_RESULTS.items() if code != "dropped"])
    other = SelectField(_l("又缺哪一种帮助"), choices=[("", _l("没有别的")), *HELP_TYPES.items()])
    note = TextAreaField(_l("看到什么，听到什么"), [MayBeEmpty(), at_most(NOTE_LENGTH)])


class HandOnForm(CreatingForm):
    """Who looks, and by which day."""

    assigned_id = SelectField(_l("谁去"), coerce=int, validate_choice=False)
    due_on = DateField(_l("最晚哪天"), [required(_l("请写哪一天。"))])

    def offer(self, people: Sequence[tuple[int, str]]) -> None:
        """Who can be chosen."""
        choices: list[Any] = [(0, _("不定人，谁有空谁去")), *people]
        self.assigned_id.choices = choices

    def day(self) -> date:
        """The day, once the form is valid."""
        found = self.due_on.data
        if found is None:
            raise ValueError("no day was written")
        return found


class WordForm(CreatingForm):
    """What a household said to an officer."""

    helped = RadioField(_l("帮上了没有"), [InputRequired(_l("请选一样。"))], choices=list(HELPED.items()))
    score = RadioField(_l("满意不满意"), [InputRequired(_l("请选一样。"))], coerce=int, choices=list(SCORES.items()))
    how = RadioField(_l("怎么问到的"), [InputRequired(_l("请选一样。"))],
                     choices=[(way, WORD_WAYS[way]) for way in ("phone", "met")])
    note = TextAreaField(_l("家里还说了什么"), [MayBeEmpty(), at_most(NOTE_LENGTH)])


class SayForm(CreatingForm):
    """One screen of the household's own answer; a tap on a big button sends it. `helped` is carried along, `about` says
    of which pairing.
    """

    about = HiddenField()
    helped = HiddenField()
    score = HiddenField()


class ComplainForm(CreatingForm):
    """Something is not right; a person answers."""

    words = TextAreaField(_l("哪里不对"), [required(_l("请写一句哪里不对。")), at_most(NOTE_LENGTH)])


class AnswerForm(CreatingForm):
    """A person's answer."""

    answer = TextAreaField(_l("怎么答复的"), [required(_l("请写怎么答复的。")), at_most(REASON_LENGTH)])


class VoiceForm(BaseForm):
    """A code and the last four digits of the telephone. `sum_answer`: of a sum, once many have tried."""

    code = StringField(_l("凭码"), [required(_l("请写凭码。")), at_most(30)])
    last_four = StringField(_l("留的电话，后四位"), [required(_l("请写电话后四位。")), at_most(4)])
    sum_note = HiddenField()
    sum_answer = StringField(validators=[MayBeEmpty(), at_most(4)])
