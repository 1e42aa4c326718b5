"""A paper on its page: only with a reason that is recorded, or by the household itself."""

from __future__ import annotations

import pytest

from matching.audit.service import disclose
from matching.clock import utc_now
from matching.extensions import db
from matching.households.models import Household
from tests.factories import make_household, make_paper
from tests.households.pictures import photo


def path_of(paper) -> str:
    return f"/households/{paper.id}/show-paper"


def test_without_a_stated_reason_the_way_leads_to_saying_one(client_of):
    paper = make_paper(make_household())
    answer = client_of("town").get(path_of(paper))
    assert answer.location == f"/households/{paper.household_id}/disclose-household"


def test_with_a_reason_the_photo_stands_on_the_page(client_of, people):
    household = make_household()
    paper = make_paper(household, photo(), mime="image/jpeg", kind="house")
    disclose(people.town, household, "visit", "", utc_now())
    page = client_of("town").get(path_of(paper)).get_data(as_text=True)
    assert f'<img class="jd-paper" src="/households/{paper.id}/paper-content" alt="房屋照片">' in page
    assert client_of("community").get(path_of(paper)).status_code == 302, "the disclosure is the town officer's own"


def test_a_household_sees_its_own_papers_and_no_others(client_of, people):
    mine = make_paper(db.session.get_one(Household, people.household.household_id))
    client = client_of("household")
    assert "PDF" in client.page(path_of(mine)).text
    assert client.get(path_of(make_paper(make_household()))).status_code == 404


@pytest.mark.parametrize(("username", "status"), [
    ("charity", 403), ("admin", 403), ("province", 403), ("town2", 404), ("other_town", 404)])
def test_nobody_else_does(client_of, username, status):
    assert client_of(username).get(path_of(make_paper(make_household()))).status_code == status


def test_a_removed_paper_says_who_removed_it(client_of, people):
    household, now = make_household(), utc_now()
    paper = make_paper(household, vault_key=None, removed_at=now, removed_by_name="何干部", removed_why="blurred")
    disclose(people.town, household, "visit", "", now)
    page = client_of("town").page(path_of(paper))
    assert "看不清" in page.text
    assert "paper-content" not in "".join(href for href, _ in page.links)
