"""The printed menu: every item, what was declined, where to sign; who printed it is written down."""

from __future__ import annotations

import pytest

from matching.extensions import db
from matching.households.models import Household
from tests.assistance.breaking import told
from tests.factories import make_household, make_menu
from tests.pairings.test_add_menu_item import discussed


@pytest.mark.slow
def test_it_is_a_pdf_and_recorded(client_of, people):
    for menu in (discussed(), make_menu(make_household())):
        answer = client_of("community").get(f"/pairings/{menu.id}/menu-pdf")
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF-")
    assert told("menu.print") == 2


def test_a_household_prints_its_own_only(client_of, people):
    own = make_menu(db.session.get_one(Household, people.household.household_id))
    assert client_of("household").get(f"/pairings/{own.id}/menu-pdf").status_code == 200
    assert client_of("household").get(f"/pairings/{make_menu(make_household()).id}/menu-pdf").status_code == 404
