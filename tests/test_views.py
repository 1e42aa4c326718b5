"""What views of every slice share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from matching.extensions import db

LISTS = {"/pairings/desk": "county", "/pairings/open-needs": "county", "/households/list-households": "county",
         "/offers": "county", "/organisations/list-organisations": "county", "/figures/overview": "county",
         "/pairings/our-pairings": "charity", "/offers/our-offers": "charity", "/accounts/list-accounts": "admin",
         "/assistance/list-gaps": "county", "/assistance/list-grants": "county"}


@pytest.mark.parametrize("path", sorted(LISTS))
@pytest.mark.parametrize("page", ["0", "-7", "nonsense", "9" * 30])
@pytest.mark.slow
def test_no_page_number_hurts(client_of: Callable[[str], FlaskClient], path: str, page: str) -> None:
    assert client_of(LISTS[path]).get(f"{path}?page={page}").status_code == 200


def test_an_error_of_the_database_never_repeats_a_value(app: Flask) -> None:
    with pytest.raises(DBAPIError) as trouble:
        db.session.execute(text("SELECT * FROM no_such_table WHERE name = :name"), {"name": "邓春花的秘密"})
    db.session.rollback()
    assert "邓春花" not in str(trouble.value)
