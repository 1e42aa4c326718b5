"""A to-do page as values: tasks with a verb and a day, and what stands beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext


@dataclass(frozen=True, slots=True)
class Link:
    """Where a task or a figure leads."""

    endpoint: str
    values: dict[str, object] = field(default_factory=dict)


def one_or_all(many: int, one: Link, several: Link) -> Link:
    """Where a line leads that counts things: the only one opens itself, several open their list."""
    return one if many == 1 else several


@dataclass(frozen=True, slots=True)
class Task:
    """What, whom, until when, one verb. `state` is a pairing's, for its glyph; `due_on` None: no day is set.

    `link` is the thing's page, `act` the page on which the verb is done, where that is another one.
    """

    what: str
    verb: str
    link: Link
    detail: str = ""
    state: str | None = None
    due_on: date | None = None
    act: Link | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure beside the list and, where there is one, the page with its rows."""

    label: str
    value: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Agenda:
    """A person's to-do page. `lead` says what an empty list means and what comes next.

    `title` stands instead of the heading by days, where tasks have none.
    """

    today: date
    tasks: list[Task]
    lead: str
    next_steps: list[tuple[str, Link]]
    facts_title: str = ""
    facts: list[Fact] = field(default_factory=list)
    title: str = ""

    @property
    def late(self) -> list[Task]:
        return [task for task in self.tasks if task.due_on and task.due_on < self.today]

    @property
    def due_today(self) -> list[Task]:
        return [task for task in self.tasks if task.due_on == self.today]

    @property
    def later(self) -> list[Task]:
        return [task for task in self.tasks if not task.due_on or task.due_on > self.today]

    @property
    def parts(self) -> list[tuple[str, list[Task]]]:
        """The tasks under their headings, in the order of the page."""
        if self.title:
            return [(str(_("等您点头")), self.tasks)]
        return [(str(_("已超期")), self.late), (str(_("今天")), self.due_today), (str(_("往后")), self.later)]

    @property
    def heading(self) -> str:
        """Says what is so: how much is due today, how much of it is late."""
        if self.title and self.tasks:
            return self.title
        now = len(self.late) + len(self.due_today)
        if self.late:
            return str(ngettext("今天要办 %(num)s 件，%(late)s 件已超期", "今天要办 %(num)s 件，%(late)s 件已超期",
                                now, late=len(self.late)))
        if now:
            return str(ngettext("今天要办 %(num)s 件", "今天要办 %(num)s 件", now))
        if self.tasks:
            return str(ngettext("今天没有到期的事，往后还有 %(num)s 件", "今天没有到期的事，往后还有 %(num)s 件",
                                len(self.tasks)))
        return str(_("现在没有要办的事"))
