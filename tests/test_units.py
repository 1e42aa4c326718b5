"""Units are data, said in the reader's language wherever a quantity is shown."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from matching.formatting import amount
from matching.words import UNITS
from matching.words_units import SAID, unit_word
from tests.factories import make_household, make_need, make_offer, make_pairing


def test_every_usual_unit_and_each_known_one_has_its_english(app):
    assert set(UNITS.values()) <= set(SAID)
    with app.test_request_context(), force_locale("en"):
        assert [unit for unit in SAID if not unit_word(unit).isascii()] == []
        assert (amount(1, "次"), amount(3, "次"), amount(1_200, "元"), amount(2, "")) == (
            "1 time", "3 times", "1,200 yuan", "2")
        assert amount(3, "捆") == "3 捆", "what nobody knows stands as it was written"
    with app.test_request_context(), force_locale("zh_Hans"):
        assert [unit for unit in SAID if unit_word(unit) != unit] == []


@pytest.mark.slow
def test_english_pages_carry_no_chinese_unit(client_of, people):
    home = make_household()
    need = make_need(home, "job", quantity=2, unit="岗", summary="work")
    offer = make_offer(people.charity.organisation_id, help_type="job", capacity=5, unit="岗", title="work")
    pairing = make_pairing(make_need(home, "care", unit="次", quantity=3, summary="visits"), offer)
    county = client_of("county")
    county.send("/todo", action="/choose-language", language="en")
    for path in (f"/households/{home.id}/show-household?why=check", f"/households/{need.id}/show-need",
                 f"/offers/{offer.id}/show-offer", f"/pairings/{need.id}/pair-by-hand", "/pairings/open-needs",
                 f"/pairings/{pairing.id}/show-pairing", f"/households/{need.id}/edit-need"):
        answer = county.get(path)
        assert answer.status_code == 200, path
        text = answer.get_data(as_text=True)
        assert not [unit for unit in ("岗", "次") if f" {unit}" in text], path
