"""The list of needs that wait for a second pair of eyes."""

from __future__ import annotations

from datetime import timedelta

from matching.clock import day_of, utc_now
from matching.extensions import db
from tests.factories import make_household, make_need
from tests.people import COMMUNITY_A2A

LIST = "/households/needs-to-confirm"


def test_it_lists_what_others_wrote_in_reach_the_most_urgent_first(client_of, people):
    today = day_of(utc_now())
    verified = make_household(head_name="罗建业")
    make_need(verified, status="reported", summary="不急的", urgency=2)
    make_need(verified, status="reported", summary="很急的", urgency=5, wanted_by=today + timedelta(days=2),
              reported_by_id=people.community.user_id)
    make_need(verified, status="reported", summary="我写的", reported_by_id=people.town.user_id)
    make_need(verified, summary="核实过的")
    make_need(make_household(status="surveyed"), summary="没核查的家")
    make_need(make_household(COMMUNITY_A2A), status="reported", summary="别的镇的")
    page = client_of("town").page(LIST)
    assert "2 项需求等您核实" in page.text
    assert page.text.index("很急的") < page.text.index("不急的")
    for left_out in ("我写的", "核实过的", "没核查的家", "别的镇的"):
        assert left_out not in page.text


def test_one_click_confirms_one(client_of, people):
    need = make_need(make_household(), status="reported")
    client = client_of("town")
    assert client.send(LIST, action=f"/households/{need.id}/confirm-need").status_code == 302
    db.session.expire_all()
    assert need.state == "open"
    assert "没有等您核实的需求" in client.page(LIST).text


def test_long_lists_are_paged(client_of, people):
    household = make_household()
    for number in range(35):
        make_need(household, status="reported", summary=f"第{number}项")
    client = client_of("town")
    assert [page.text.count("属实") for page in client.pages(LIST)] == [30, 5]


def test_the_to_do_list_leads_there(client_of, people):
    make_need(make_household(), status="reported")
    links = client_of("town").page("/todo").links
    assert any(href == LIST for href, _words in links)
