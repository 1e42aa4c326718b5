"""A check's page: progress while it works, figures that open their rows when it is done."""

from __future__ import annotations

from tests.assistance.working import ask, check_now
from tests.factories import make_household
from tests.people import COUNTY_B


def test_while_it_waits_there_is_a_bar_and_a_way_to_stop(client_of):
    page = client_of("county").page(f"/assistance/{ask().id}/show-gap-check")
    assert page.headings[0][1] == "马上开始"
    assert [form.action for form in page.forms if "cancel" in form.action]


def test_when_it_is_done_its_figures_open_their_rows(client_of):
    make_household(category="none", residence="urban")
    page = client_of("county").page(f"/assistance/{check_now().id}/show-gap-check")
    assert page.headings[0][1] == "1 户应享未享"
    assert "/assistance/list-gaps?kind=gap" in [href for href, _text in page.links]


def test_readers_around_it_see_it_without_a_way_to_stop(client_of):
    check = ask()
    page = client_of("community").page(f"/assistance/{check.id}/show-gap-check")
    assert not [form for form in page.forms if "cancel" in form.action]


def test_another_countys_is_not_there(client_of):
    assert client_of("county").get(f"/assistance/{ask(COUNTY_B).id}/show-gap-check").status_code == 404
