"""An account binds its WeChat: asked there, led back, bound by the job; nobody binds another's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, update

from matching import jobs_notices
from matching.clock import utc_now
from matching.extensions import db
from matching.notices.models import NoticeAddress
from tests.conftest import CheckedClient
from tests.notices.conftest import Switch
from tests.notices.gateways import Gateway, Request, gateway
from tests.people import People

PATH = "/notices/bind-wechat"
CODE, OPENID = "061Abc-code_of_wechat", "oAbc-123_XYZoAbc-123_XYZ"
ClientOf = Callable[[str], CheckedClient]


def answer(request: Request) -> tuple[int, Any, dict[str, str]]:
    """What WeChat says about a code."""
    asked = parse_qs(urlsplit(request.path).query)
    known = asked == {"appid": ["wx1"], "secret": ["wechat secret"], "code": [CODE],
                      "grant_type": ["authorization_code"]}
    return 200, {"openid": OPENID} if known else {"errcode": 40029, "errmsg": "invalid code"}, {}


@pytest.fixture
def wechat(switch: Switch) -> Iterator[Gateway]:
    """WeChat on this machine, switched on."""
    with gateway(answer) as made:
        switch(WECHAT_APP_ID="wx1", WECHAT_APP_SECRET="wechat secret", WECHAT_TEMPLATE="T1", WECHAT_URL=made.url,
               SITE_URL="https://jiedui.example")
        yield made


def state_of(client: CheckedClient) -> str:
    """What the link to WeChat takes along; the link leads to WeChat and back here."""
    (link,) = (href for href, words in client.page(PATH).links if words == "去微信确认")
    parts = urlsplit(link)
    asked = parse_qs(parts.query)
    assert (parts.netloc, parts.fragment) == ("open.weixin.qq.com", "wechat_redirect")
    assert asked["redirect_uri"] == ["https://jiedui.example/notices/bind-wechat"]
    return asked["state"][0]


def bound() -> NoticeAddress | None:
    """The address as the database holds it."""
    db.session.rollback()
    return db.session.scalar(select(NoticeAddress).execution_options(populate_existing=True))


def test_what_wechat_brings_back_is_bound_by_the_job(client_of: ClientOf, people: People, wechat: Gateway) -> None:
    client = client_of("town")
    back = f"{PATH}?code={CODE}&state={state_of(client)}"
    assert client.send(back, PATH).location == "/notices/choose-notices"
    assert wechat.requests == [], "nothing is asked inside a request"
    assert "正在绑定" in client.page("/notices/choose-notices").text
    jobs_notices.send_waiting()
    row = bound()
    assert row is not None
    assert (row.user_id, row.address, row.confirmed_at is not None, row.code) == (
        people.town.user_id, OPENID, True, None)
    jobs_notices.send_waiting()
    assert len(wechat.requests) == 1, "a code is good for one question"
    page = client.page("/notices/choose-notices")
    assert "绑定了" in page.text
    assert OPENID not in page.text


def test_a_code_that_wechat_does_not_know_binds_nothing(client_of: ClientOf, wechat: Gateway) -> None:
    client = client_of("town")
    client.send(f"{PATH}?code=another-code&state={state_of(client)}", PATH)
    jobs_notices.send_waiting()
    assert bound() is None


def test_a_code_that_is_too_old_is_not_asked_about(client_of: ClientOf, wechat: Gateway) -> None:
    client = client_of("town")
    client.send(f"{PATH}?code={CODE}&state={state_of(client)}", PATH)
    db.session.execute(update(NoticeAddress).values(code_until=utc_now()))
    db.session.commit()
    jobs_notices.send_waiting()
    assert (bound(), wechat.requests) == (None, [])


def test_nobody_binds_a_wechat_to_another_account(client_of: ClientOf, wechat: Gateway) -> None:
    stolen = state_of(client_of("county"))
    client = client_of("town")
    form = client.page(f"{PATH}?code={CODE}&state={state_of(client)}").form(PATH).values
    for state in (stolen, "", "x.y.z"):
        assert "绑定这个微信" not in client.page(f"{PATH}?code={CODE}&state={state}").text
        client.post(PATH, data={**form, "state": state})
        assert bound() is None


def test_what_is_no_code_is_refused(client_of: ClientOf, wechat: Gateway) -> None:
    client = client_of("town")
    answered = client.send(f"{PATH}?code=a%26b%3Dc%20d&state={state_of(client)}", PATH)
    assert answered.status_code == 422
    assert bound() is None


def test_where_it_is_off_the_page_says_so(client_of: ClientOf) -> None:
    assert "现在不能用这种方式通知。" in client_of("town").page(PATH).text
    assert "绑定微信" not in client_of("town").page("/notices/choose-notices").text
