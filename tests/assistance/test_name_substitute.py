"""Who signs while somebody is away: named by oneself or the county, for days that lie ahead, never downwards."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.assistance.models_approvals import Substitute
from matching.extensions import db
from tests.days import today

PATH = "/assistance/name-substitute"

def named() -> list[Substitute]:
    db.session.expire_all()
    return list(db.session.scalars(select(Substitute)))


def test_a_town_names_another_towns_officer(client_of, people):
    client_of("town").send(PATH, substitute_id=people.other_town.user_id, until=today(1), why="休假")
    (one,) = named()
    assert (one.absent_id, one.substitute_id, one.tier, one.area_code) == (
        people.town.user_id, people.other_town.user_id, "town", people.town.area_code)
    assert "正在代" in client_of("other_town").page("/assistance/list-substitutes").text


def test_the_county_names_for_a_town_that_cannot(client_of, people):
    client_of("county").send(PATH, absent_id=people.town.user_id, substitute_id=people.county.user_id, until=today(1))
    assert named()[0].named_by_name == "county 的姓名"


@pytest.mark.slow
@pytest.mark.parametrize(("who", "values"), [
    ("town", {"absent_id": "other_town", "substitute_id": "county"}), ("town", {"substitute_id": "town"}),
    ("county", {"absent_id": "county", "substitute_id": "town"}), ("town", {"substitute_id": "town2"}),
    ("town", {"substitute_id": "community"}), ("town", {"substitute_id": "other_town", "until": "2026-01-01"}),
    ("town", {"substitute_id": "other_town", "until": "2099-01-01"}),
    ("town", {"substitute_id": "other_town", "until": ""})])
def test_what_cannot_be_is_refused(client_of, people, who, values):
    values = {"until": today(1)} | {name: people[value].user_id if name.endswith("_id") else value
                                    for name, value in values.items()}
    assert client_of(who).send(PATH, **values).status_code == 422
    assert named() == []
