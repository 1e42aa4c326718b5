"""The choice of a language is a POST, is remembered, and leads back to where it was made on this site only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.accounts.models import User
from matching.extensions import db
from matching.pages.service import accepted, same_site_path
from tests.conftest import CheckedClient
from tests.people import PASSWORD, People

ELSEWHERE = ("https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "evil", "",
             "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "http:/evil.example", None)


@pytest.mark.one_database
def test_the_choice_is_remembered_and_leads_back(client: CheckedClient) -> None:
    assert client.page("/privacy").lang == "zh-Hans"
    answer = client.send("/privacy", action="/choose-language", language="en")
    assert (answer.status_code, answer.location) == (303, "/privacy")
    assert client.page("/privacy").lang == "en"
    client.send("/privacy", action="/choose-language", language="zh_Hans")
    assert client.page("/about").lang == "zh-Hans"


def test_the_choice_of_a_signed_in_person_is_the_accounts_and_goes_along(
        client_of: Callable[[str], CheckedClient], client: CheckedClient, people: People) -> None:
    client_of("town").send("/todo", action="/choose-language", language="en")
    assert db.session.get_one(User, people.town.user_id).locale == "en"
    client.send("/sign-in", username="town", password=PASSWORD)
    assert client.page("/todo").lang == "en", "a browser in which nobody has chosen speaks as its reader does"


@pytest.mark.one_database
def test_the_cookie_is_ours_alone_and_lasts(client: CheckedClient) -> None:
    answer = client.send("/about", action="/choose-language", language="en")
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("language="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=31536000" in cookie


@pytest.mark.one_database
def test_a_language_we_do_not_speak_is_chinese(client: CheckedClient) -> None:
    client.send("/about", action="/choose-language", language="xx")
    assert client.page("/about").lang == "zh-Hans"
    assert accepted("language", None) == accepted("language", "xx") == "zh_Hans"


@pytest.mark.one_database
@pytest.mark.parametrize("target", [target for target in ELSEWHERE if target is not None])
def test_it_never_leads_to_another_site(client: CheckedClient, target: str) -> None:
    assert client.send("/about", action="/choose-language", language="en", next=target).location == "/"


@pytest.mark.one_database
def test_without_the_token_nothing_is_chosen(client: CheckedClient) -> None:
    assert client.post("/choose-language", data={"language": "en"}).status_code == 400
    assert client.page("/about").lang == "zh-Hans"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_paths_elsewhere_are_refused(target: str | None) -> None:
    assert same_site_path(target) == "/"


@settings(deadline=None)
@given(st.from_regex(r"/([a-z0-9-]+/?)*(\?[a-z]+=[a-z0-9]*)?", fullmatch=True))
@pytest.mark.slow
def test_paths_of_this_site_stay(target: str) -> None:
    expected = "/" if target.startswith("//") else target
    assert same_site_path(target) == expected


@settings(deadline=None)
@given(st.text(max_size=30))
def test_whatever_is_sent_stays_on_this_site(target: str) -> None:
    path = same_site_path(target)
    assert path.startswith("/")
    assert path[1:2] not in ("/", "\\")
    assert not any(ord(character) < 32 for character in path)
