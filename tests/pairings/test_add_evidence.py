"""A receipt or photo brought for a line: it goes into the file, and its bringer does not sign."""

from __future__ import annotations

import io

import pytest

from matching.clock import utc_now
from matching.errors import Conflict
from matching.pairings import service_ledger
from tests.pairings.closing import closed, line_for
from tests.pairings.test_handovers import other_picture

pytestmark = pytest.mark.one_database


def test_add_evidence(client_of, people):
    pairing = closed(people, proof="words", word="yes")
    client, path = client_of("town"), f"/pairings/{pairing.need_id}/add-evidence"
    assert client.send(path).status_code == 422, "nothing was chosen"
    assert client.send(path, photo=(io.BytesIO(b"no picture"), "a.jpg")).status_code == 422
    assert client.send(path, photo=(io.BytesIO(other_picture()), "a.jpg")).status_code == 302
    assert client.send(path, photo=(io.BytesIO(other_picture()), "a.jpg")).status_code == 422, "the same again"
    line = line_for(pairing)
    assert line.paper_id is not None
    assert "收据或照片" in client.page(f"/pairings/{pairing.need_id}/show-line").text
    with pytest.raises(Conflict, match="换一个人"):
        service_ledger.sign(line, people.town, utc_now())
    service_ledger.sign(line, people.county, utc_now())
    assert client.send(path, photo=(io.BytesIO(other_picture() + b"x"), "a.jpg")).status_code in (409, 422)
