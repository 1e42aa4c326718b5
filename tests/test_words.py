"""Every code of the models has its words, and every word belongs to a code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import Babel

from matching import conditions, words, words_needs, words_referrals, words_reports
from matching.actor import Role
from matching.households import models as households
from matching.households.service_details import DETAILS
from matching.intake import models as intake
from matching.intake import models_meetings, service_referrals
from matching.intake import models_work as intake_work
from matching.intake.service_desk import KNOWN_BY
from matching.intake.service_urgency import KINDS
from matching.offers import models as offers
from matching.organisations import models as organisations
from matching.pairings import models as pairings

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _reader() -> Iterator[None]:
    app = Flask("reader")
    Babel(app, default_locale="zh_Hans")
    with app.test_request_context():
        yield


@pytest.mark.parametrize(("table", "codes"), [
    (words.HELP_TYPES, offers.HELP_TYPES),
    (words.HELP_CHARACTERS, offers.HELP_TYPES),
    (words.URGENCIES, range(1, 6)),
    (words.STATES, ("open", *pairings.STATES)),
    (words.ROLES, Role),
    (words.ORGANISATION_KINDS, organisations.KINDS),
    (words.ORGANISATION_STATUSES, organisations.STATUSES),
    (words.CATEGORIES, households.CATEGORIES),
    (words.HOUSEHOLD_STATUSES, households.STATUSES),
    (words.CONDITIONS, conditions.CODES),
    (words_reports.STATES, intake.STATES),
    (words_referrals.STATES, intake_work.REFERRAL_STATES),
    (words_referrals.REASONS, service_referrals.REASONS),
    (words_referrals.MEETINGS, models_meetings.MEETING_STATES),
    (words_referrals.INVITATIONS, models_meetings.INVITATION_STATES),
    (words_reports.OUTCOMES, intake.OUTCOMES),
    (words_reports.ORIGINS, intake.ORIGINS),
    (words_reports.STEPS, intake.DUE_STEPS),
    (words_reports.TASKS, intake_work.TASK_KINDS),
    (words_reports.TASK_RESULTS, intake_work.TASK_RESULTS),
    (words_reports.KNOWN_BY, KNOWN_BY),
    (words_reports.TILES, KINDS),
    (words_needs.NEED_STATES, households.NEED_STATES),
    (words_needs.GROUP_WORDS, conditions.GROUPS),
    (words_needs.DETAILS, {detail.name for details in DETAILS.values() for detail in details}),
])
def test_the_table_has_exactly_the_codes(table: dict[str, object], codes: tuple[str, ...]) -> None:
    assert set(table) == set(codes)
    assert len({str(word) for word in table.values()}) == len(table)


def test_states_stand_on_the_five_joints_as_the_look_says() -> None:
    by_glyph: dict[str, set[str]] = {}
    for state in pairings.STATES:
        by_glyph.setdefault(words.glyph_of(state), set()).add(state)
    assert by_glyph == {
        "open": {"declined", "lapsed", "reopened"},
        "prop": {"proposed", "approved", "offered"},
        "join": {"accepted", "consented", "under_way", "delivered"},
        "pin": {"confirmed", "closed"},
        "apart": {"withdrawn", "failed"},
    }


def test_an_unknown_code_is_shown_as_it_stands() -> None:
    assert words.help_type_word("transport") == "transport"
    assert words.help_character("transport") == "t"
    assert words.state_word("lost") == "lost"
    assert words.precision_word(None) == "位置不详"


def test_the_glossary_says_the_same_in_both_languages() -> None:
    rows = {tuple(cell.strip() for cell in line.strip("| \n").split("|"))[:3]
            for line in (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines() if line.startswith("| `")}
    with (ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        english = read_po(file, locale="en")
    tables = (words.HELP_TYPES, words.URGENCIES, words.STATES, words.ROLES, words.ORGANISATION_KINDS,
              words.ORGANISATION_STATUSES, words.OFFER_STATUSES, words_needs.NEED_STATES, words.CONDITIONS,
              words.PRECISIONS,
              words.CATEGORIES, words.HOUSEHOLD_STATUSES)
    assert rows == {(f"`{code}`", str(word), english[str(word)].string)
                    for table in tables for code, word in table.items()}
