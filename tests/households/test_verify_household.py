"""Three steps of verification by three people."""

from __future__ import annotations

import pytest

from matching.extensions import db
from tests.factories import make_household


def path(household):
    return f"/households/{household.id}/verify-household"


@pytest.mark.slow
def test_three_people_take_three_steps(client_of):
    household = make_household(status="reported")
    for username, status in (("community", "screened"), ("town", "surveyed"), ("county", "verified")):
        assert client_of(username).send(path(household)).status_code == 302
        db.session.expire_all()
        assert household.status == status
    page = client_of("county").page(f"/households/{household.id}/show-household")
    for told in ("做完初步筛查", "做完入户调查", "做完组织核查，核实通过"):
        assert told in page.text
    assert "核实已经做完" in client_of("county").page(path(household)).text


def test_nobody_takes_two_steps(client_of):
    household = make_household(status="reported")
    client = client_of("town")
    client.send(path(household))
    page = client.page(path(household))
    assert "这一步要换一个人来做" in page.text
    assert [form for form in page.forms if form.action == path(household)] == []
    token = client.page("/households/list-households").form("/households/search-households").values["csrf_token"]
    assert client.post(path(household), data={"csrf_token": token}).status_code == 409
    assert client_of("county").send(path(household)).status_code == 302
    assert client.post(path(household), data={"csrf_token": token}).status_code == 409, "nor a later one"
    db.session.expire_all()
    assert household.status == "surveyed"


def test_out_of_reach_is_not_there(client_of):
    assert client_of("town2").get(path(make_household(status="reported"))).status_code == 404
