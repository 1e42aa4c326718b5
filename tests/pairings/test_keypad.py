"""As simple as the keys of a telephone: no account, no script; a code, then one question a screen."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.extensions import db
from matching.intake import service_cases
from matching.intake.service_codes import written_code
from matching.pairings.models_voice import Complaint, HouseholdWord
from tests.factories import make_need, make_report
from tests.pairings.closing import helped

pytestmark = pytest.mark.one_database

PATH = "/pairings/keypad"


def words():
    """What was said so far, the oldest first."""
    db.session.expire_all()
    return [(word.helped, word.score) for word in db.session.scalars(select(HouseholdWord).order_by(HouseholdWord.id))]


def opened(client, code, last_four="1234"):
    """Write the code and the digits."""
    return client.send(PATH, code=code, last_four=last_four)


def test_a_code_handed_out_opens_two_questions(client, people):
    pairing = helped(people)
    second = helped(people, make_need(pairing.household))
    word = db.session.scalars(select(HouseholdWord).where(HouseholdWord.pairing_id == pairing.id)).one()
    assert opened(client, written_code(word.code).lower()).location == PATH
    page = client.page(PATH)
    assert "帮上忙了没有" in page.text
    assert "还有 2 件" in page.text
    assert "您满意不满意" in client.send(PATH, helped="yes").text
    form = client.page(PATH).form(PATH)
    for _twice in range(2):
        assert client.post(PATH, data={**form.values, "helped": "yes", "score": "5"}).location == PATH
    assert words() == [("yes", 5), ("", None)], "sent twice, the second help is not answered by it"
    assert client.page(PATH).form(PATH).values["about"] == str(second.id)
    client.send(PATH, helped="no", score="1")
    assert words() == [("yes", 5), ("no", 1)]
    assert db.session.scalars(select(Complaint.pairing_id)).all() == [second.id]
    done = client.page(PATH).text
    assert "都说完了" in done
    assert "前有人来答复" in done


@pytest.mark.parametrize(("digits", "opens"), [("1234", True), ("１２３４", True), ("9999", False), ("", False)])
def test_the_code_of_a_case_with_the_last_digits_opens_it_too(client, people, digits, opens):
    pairing = helped(people)
    report = make_report(household_id=pairing.household_id, phone="13900001234")
    answer = opened(client, report.code, digits)
    assert answer.status_code == (303 if opens else 422)
    assert ("帮上忙了没有" in client.page(PATH).text) == opens


def test_whoever_follows_its_case_in_full_is_asked_at_once(client, people):
    pairing = helped(people)
    report = make_report(household_id=pairing.household_id, phone="13900001234")
    client.send("/case", code=report.code, last_four="1234")
    assert PATH in [href for href, _text in client.page("/case").links]
    assert "帮上忙了没有" in client.page(PATH).text


def test_guesses_are_counted_as_those_of_a_case(client, people):
    word_of = helped(people)
    word = db.session.scalars(select(HouseholdWord).where(HouseholdWord.pairing_id == word_of.id)).one()
    known = [opened(client, word.code, "0000").status_code for _ in range(3)]
    unknown = [opened(client, "0" * 12, "0000").status_code for _ in range(3)]
    assert known == unknown == [422, 422, 422]
    for _guess in range(service_cases.TESTED_PER_CODE):
        opened(client, word.code, "0000")
    page = client.page(PATH)
    assert "等于几" in page.text, "many have failed: a sum is asked"


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_in_elder_mode_and_both_languages(client, people, language):
    word_of = helped(people)
    word = db.session.scalars(select(HouseholdWord).where(HouseholdWord.pairing_id == word_of.id)).one()
    token = client.page(PATH).forms[0].values["csrf_token"]
    for path, chosen in (("/choose-language", {"language": language}), ("/choose-size", {"size": "elder"})):
        client.post(path, data={"csrf_token": token, "next": PATH, **chosen})
    opened(client, word.code)
    page = client.page(PATH)
    assert ("帮上忙了没有" in page.text) == (language == "zh_Hans")
    assert ("Did it help you?" in page.text) == (language == "en")
    assert 'data-jd-size="elder"' in client.get(PATH).text
