"""A household sends papers for its own file from its phone; its officers see them and are told."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching import vault
from matching.extensions import db
from matching.households.models import Household
from matching.households.models_papers import Paper
from tests.factories import make_household, make_paper
from tests.households.pictures import photo, upload

PATH, MINE = "/households/bring-paper", "/households/my-file"


def own(people) -> Household:
    return db.session.get_one(Household, people.household.household_id)


def kept() -> list[Paper]:
    return list(db.session.scalars(select(Paper).order_by(Paper.id)))


@pytest.mark.slow
def test_a_photo_is_kept_without_its_place_and_its_officers_are_told(client_of, people):
    household = own(people)
    answer = client_of("household").send(PATH, kind="diagnosis", photos=[upload(photo(gps=True))])
    assert answer.location == f"{MINE}#papers"
    [paper] = kept()
    assert (paper.household_id, paper.from_household, paper.seen_at) == (household.id, True, None)
    assert b"GpsCameraMaker" not in vault.get(paper.vault_key)
    assert "您家传的，社区还没看" in client_of("household").page(MINE).text
    officer = client_of("community")
    todo = officer.page("/todo")
    assert "看 1 份家庭自己传来的材料" in todo.text
    file = f"/households/{household.id}/show-household"
    assert f"{file}?why=todo#papers" in [href for href, _ in todo.links]
    assert "本户自己传的" in officer.page(file).text
    assert "还没看" in officer.page(file).text


def test_it_waits_until_an_officer_has_opened_it(client_of, people):
    client_of("household").send(PATH, kind="bill", files=[upload(b"%PDF-1.4 x %%EOF", "发票.pdf")])
    [paper] = kept()
    assert client_of("household").get(f"/households/{paper.id}/show-paper").status_code == 200
    db.session.expire_all()
    assert paper.seen_at is None
    officer = client_of("community")
    officer.send(f"/households/{paper.household_id}/disclose-household", why="check")
    assert "由本户自己传来" in officer.page(f"/households/{paper.id}/show-paper").text
    db.session.expire_all()
    assert paper.seen_at is not None
    assert "家庭自己传来的材料" not in officer.page("/todo").text
    page = client_of("household").page(MINE).text
    assert "社区还没看" not in page
    assert "看过" in page


def test_sent_twice_is_one_paper_and_a_bad_file_is_named(client_of, people):
    client = client_of("household")
    form = client.page(PATH).form(PATH)
    for _ in range(2):
        answer = client.post(PATH, data={**form.values, "kind": "bill", "files": [upload(photo())]})
        assert answer.location == f"{MINE}#papers"
    assert len(kept()) == 1
    bad = client.send(PATH, kind="bill", files=[upload(b"<html>", "单据.jpg")])
    assert bad.status_code == 422
    assert "单据" in bad.get_data(as_text=True)
    assert len(kept()) == 1


@pytest.mark.slow
def test_what_an_officer_brought_asks_for_no_look_and_other_areas_hear_nothing(client_of, people):
    make_paper(make_household())
    assert "家庭自己传来的材料" not in client_of("community").page("/todo").text
    client_of("household").send(PATH, kind="bill", files=[upload(photo())])
    assert "家庭自己传来的材料" in client_of("town").page("/todo").text
    assert "家庭自己传来的材料" not in client_of("town2").page("/todo").text


@pytest.mark.parametrize("role", ["community", "charity", "auditor", "admin"])
def test_only_a_household_brings_papers_for_its_own_file(client_of, people, role):
    assert client_of(role).get(PATH).status_code == 403
