"""A difficulty that is back: one form with a reason, and it is counted."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.clock import utc_now
from matching.errors import Conflict
from matching.extensions import db
from matching.pairings import service, service_followups, service_ledger
from matching.pairings.models_ledger import FollowUp
from tests.factories import make_need
from tests.pairings.closing import closed, helped, line_for


def test_reopen_line(client_of, people):
    pairing = closed(people)
    path = f"/pairings/{pairing.need_id}/reopen-line"
    assert "请写明原因" in client_of("community").send(path, reason="").text
    assert client_of("community").send(path, reason="又断粮了").status_code == 302
    line = line_for(pairing)
    assert (line.state, line.times_reopened, line.reason) == ("reopened", 1, "又断粮了")
    assert (pairing.state, pairing.need.status, pairing.need.given) == ("reopened", "open", 0)
    assert client_of("community").send(path, reason="又断粮了").status_code == 409


@pytest.mark.parametrize("signed", [False, True])
def test_from_any_state_and_every_time_is_counted(people, signed):
    pairing = closed(people)
    for times in (1, 2):
        if signed:
            service_ledger.sign(line_for(pairing), people.town, utc_now())
        service_followups.reopen_line(pairing.need, "又断粮了", people.town, utc_now())
        line = line_for(pairing)
        assert (line.state, line.times_reopened) == ("reopened", times)
        assert not db.session.scalars(select(FollowUp).where(FollowUp.done_at.is_(None))).all()
        pairing = helped(people, pairing.need)
        service.close(pairing, "solved", "又帮了", people.community, utc_now())
        line = line_for(pairing)
        assert (line.state, line.signed_by_id, line.times_reopened) == ("to_sign", None, times)


def test_all_its_help_is_opened_again_and_counted_once(people):
    need = make_need(quantity=2)
    parts = [helped(people, need, quantity=1) for _part in range(2)]
    for part in parts:
        service.close(part, "solved", "看过", people.community, utc_now())
    service_followups.reopen_line(need, "又断粮了", people.town, utc_now())
    assert line_for(parts[0]).times_reopened == 1
    assert [part.state for part in parts] == ["reopened", "reopened"]
    assert (need.given, need.received, need.closed) == (0, 0, 0)


def test_what_stands_open_cannot_be_opened(people):
    with pytest.raises(Conflict):
        service_followups.reopen_line(make_need(), "又来了", people.town, utc_now())


def test_one_pairing_reopened_opens_the_line_too(client_of, people):
    pairing = closed(people)
    client_of("community").send(f"/pairings/{pairing.id}/reopen-pairing", reason="又断粮了")
    assert line_for(pairing).state == "reopened"
