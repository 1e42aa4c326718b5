"""Back before the day: from then on nobody signs for somebody else."""

from __future__ import annotations

from matching.clock import day_of, utc_now
from tests.assistance.test_decide_grant import absent
from tests.assistance.test_name_substitute import named


def test_the_absent_one_or_the_county_ends_it_once(client_of, people):
    one = absent(people)
    path = f"/assistance/{one.id}/end-substitute"
    other = client_of("other_town")
    assert other.post(path, data=other.page("/assistance/list-grants").forms[0].values).status_code == 404
    client = client_of("town")
    form = client.page("/assistance/list-substitutes").form(path)
    assert client.post(path, data=form.values).status_code == 302
    assert named()[0].ended_on == day_of(utc_now())
    assert client.post(path, data=form.values | {"submission_key": "again"}).status_code == 409
