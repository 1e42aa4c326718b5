"""The bytes of a paper: handed out to be saved, never run, each look recorded (promises 23, 27)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from matching import vault
from matching.audit.models import AuditEntry
from matching.audit.service import disclose
from matching.clock import utc_now
from matching.extensions import db
from matching.households.models import Household
from tests.factories import make_household, make_paper
from tests.households.pictures import photo

POLYGLOT = b"%PDF-1.4\n<html><script>alert(1)</script></html>\n%%EOF"


def path_of(paper) -> str:
    return f"/households/{paper.id}/paper-content"


@pytest.mark.parametrize(("content", "mime", "name"), [
    (photo(), "image/jpeg", "房屋.jpg"), (POLYGLOT, "application/pdf", "诊断书.pdf")])
def test_no_browser_runs_what_is_handed_out(client_of, people, content, mime, name):
    household = make_household()
    paper = make_paper(household, content, mime=mime, name=name)
    disclose(people.town, household, "visit", "", utc_now())
    answer = client_of("town").get(path_of(paper))
    assert answer.data == content
    assert answer.mimetype == mime
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_look_is_recorded_with_its_reason(client_of, people):
    household = make_household()
    paper = make_paper(household)
    disclose(people.town, household, "contact", "", utc_now())
    client = client_of("town")
    for _ in range(2):
        client.get(path_of(paper))
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "paper.open")).all()
    assert [(entry.actor_id, entry.object_id, entry.household_id, entry.why) for entry in entries] == [
        (people.town.user_id, paper.id, household.id, "contact")] * 2


def test_without_a_reason_it_stays_shut(client_of, people, time_machine):
    household, now = make_household(), utc_now()
    paper, client = make_paper(household), client_of("town")
    shut = f"/households/{household.id}/disclose-household"
    assert client.get(path_of(paper)).location == shut
    disclose(people.town, household, "visit", "", now)
    assert client.get(path_of(paper)).status_code == 200
    time_machine.move_to(now + timedelta(minutes=11), tick=False)
    assert client.get(path_of(paper)).location == shut


def test_a_household_opens_its_own(client_of, people):
    paper = make_paper(db.session.get_one(Household, people.household.household_id))
    assert client_of("household").get(path_of(paper)).status_code == 200
    assert db.session.scalar(select(AuditEntry.why).where(AuditEntry.action == "paper.open")) == "own"
    assert client_of("household2").get(path_of(paper)).status_code == 404


def test_a_file_that_was_moved_in_the_vault_is_not_handed_out(client_of, people):
    household = make_household()
    one, two = make_paper(household), make_paper(household, b"%PDF- another %%EOF")
    one.vault_key, two.vault_key = two.vault_key, None
    two.removed_at = utc_now()
    disclose(people.town, household, "visit", "", utc_now())
    folder = vault.place_of(one.vault_key)
    folder.write_bytes(vault.place_of(vault.put(b"foreign")).read_bytes())
    with pytest.raises(vault.CannotOpen):
        client_of("town").get(path_of(one))
