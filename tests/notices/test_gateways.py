"""Text messages and WeChat against real HTTP servers: what is asked, signed, renewed; what each answer means."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from matching import jobs_notices
from matching.clock import utc_now
from matching.extensions import db
from matching.notices import service_wechat
from matching.notices.models import Delivery, NoticeAddress, NoticePreference
from matching.notices.service import Stranger, tell
from matching.notices.service_channels import Message, Permanent, Temporary
from matching.notices.service_sending import quiet_end
from matching.notices.service_sms import Sms, signature
from matching.notices.service_wechat import Wechat
from tests.notices.conftest import Switch
from tests.notices.gateways import Gateway, Request, free_port, gateway
from tests.people import People

SECRET = "a secret between two machines"
OPENID = "oAbc-123_XYZoAbc-123_XYZ"
OFFERED: dict[str, Any] = {"by": date(2026, 11, 30), "path": "/pairings/7/our-pairing"}
NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
Answer = tuple[int, Any, dict[str, str]]


def message(**changes: Any) -> Message:
    """A message as the job makes it."""
    return Message(**{"key": "notice-1-sms", "subject": "有一个需求等您答复", "text": "有一个需求等您答复。请答复。",
                      "link": "https://jiedui.example/x", "language": "zh_Hans", "sent_at": NOON, **changes})


@pytest.fixture
def sms(switch: Switch) -> Iterator[Gateway]:
    """A gateway for text messages that takes everything."""
    with gateway(lambda request: (200, {"id": f"gw-{request.json['id']}"}, {})) as made:
        switch(SMS_URL=f"{made.url}/v1/send?account=7", SMS_KEY="jiedui", SMS_SECRET=SECRET,
               SITE_URL="https://jiedui.example")
        yield made


def test_a_text_message_is_signed_and_says_what_is_so(app: Flask, sms: Gateway) -> None:
    assert Sms(app.config).send("13900000001", message()) == "gw-notice-1-sms"
    (request,) = sms.requests
    assert request.path == "/v1/send?account=7"
    assert request.json == {"id": "notice-1-sms", "to": "13900000001",
                            "text": "有一个需求等您答复。请答复。 https://jiedui.example/x"}
    time = request.headers["X-Jiedui-Time"]
    assert int(time) == NOON.timestamp()
    assert request.headers["X-Jiedui-Signature"] == signature(SECRET, time, request.path, request.body)
    assert request.headers["X-Jiedui-Signature"] != signature(SECRET, time, request.path, request.body + b" ")


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "trouble", "reason"), [
    ((400, {}, {}), Permanent, "http_400"), ((403, {}, {}), Permanent, "http_403"),
    ((408, {}, {}), Temporary, "http_408"), ((429, {}, {}), Temporary, "http_429"),
    ((500, {}, {}), Temporary, "http_500"), ((503, {}, {}), Temporary, "http_503"),
    ((200, b"<html>", {}), Permanent, "answer"), ((200, [1], {}), Permanent, "answer")])
def test_what_the_gateway_answers_decides(app: Flask, sms: Gateway, answer: Answer, trouble: type[Exception],
                                          reason: str) -> None:
    sms.answer = lambda _request: answer
    with pytest.raises(trouble, match=reason):
        Sms(app.config).send("13900000001", message())


def test_a_redirect_is_never_followed(app: Flask, sms: Gateway) -> None:
    with gateway(lambda _request: (200, {"id": "stolen"}, {})) as elsewhere:
        for status in (301, 302, 303, 307, 308):
            sms.answer = lambda _request, status=status: (status, {}, {"Location": f"{elsewhere.url}/"})
            with pytest.raises(Permanent, match=f"http_{status}"):
                Sms(app.config).send("13900000001", message())
        assert elsewhere.requests == []


def test_no_proxy_of_the_environment_sees_a_message(app: Flask, sms: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway(lambda _request: (200, {"id": "seen"}, {})) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        Sms(app.config).send("13900000001", message())
        assert (len(sms.requests), proxy.requests) == (1, [])


def test_a_gateway_out_of_reach_is_worth_another_try(app: Flask, switch: Switch) -> None:
    switch(SMS_URL=f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(Temporary, match="connection") as raised:
        Sms(app.config).send("13900000001", message())
    assert raised.value.whole


def test_a_gateway_that_talks_without_end_is_cut_short(app: Flask, sms: Gateway) -> None:
    sms.answer = lambda _request: (200, b'{"id": "' + b"x" * 300_000 + b'"}', {})
    with pytest.raises(Permanent, match="answer"):
        Sms(app.config).send("13900000001", message())


def test_the_job_sends_an_urgent_notice_as_one_short_text(
        app: Flask, sms: Gateway, people: People, proven: Callable[[int, str, str], NoticeAddress]) -> None:
    proven(people.charity.user_id, "sms", "13900000001")
    db.session.add(NoticePreference(user_id=people.charity.user_id, silenced={}, quiet_from=0, quiet_until=0))
    tell(people.charity.user_id, "pairing_offered", OFFERED, utc_now(), key="7")
    tell(people.charity.user_id, "pairing_confirmed", {}, utc_now(), key="7")
    db.session.commit()
    assert jobs_notices.send_waiting()["sent"] == 1
    (request,) = sms.requests
    assert request.json["text"] == ("有一个需求等您答复。请在 11 月 30 日前答复接不接。 "
                                    "https://jiedui.example/pairings/7/our-pairing")


def test_no_text_message_at_night_but_an_answer_to_who_asks_at_once(
        sms: Gateway, people: People, proven: Callable[[int, str, str], NoticeAddress],
        monkeypatch: pytest.MonkeyPatch) -> None:
    night = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)  # half past eleven in the evening
    monkeypatch.setattr(jobs_notices, "utc_now", lambda: night)
    proven(people.charity.user_id, "sms", "13900000001")
    tell(people.charity.user_id, "pairing_offered", OFFERED, night, key="7")
    tell(Stranger("report:7", phone="13900000002"), "report_received",
         {"case": "A1B2", "by": date(2026, 11, 30), "path": "/case"}, night, key="7")
    db.session.commit()
    assert jobs_notices.send_waiting()["sent"] == 1
    assert [request.json["to"] for request in sms.requests] == ["13900000002"]
    waiting = db.session.scalars(select(Delivery).where(Delivery.state == "waiting")).one()
    assert (waiting.attempts, waiting.next_try_at) == (0, datetime(2026, 11, 26, 0, 0, tzinfo=UTC))
    db.session.rollback()
    monkeypatch.setattr(jobs_notices, "utc_now", lambda: night + timedelta(hours=9))
    assert jobs_notices.send_waiting()["sent"] == 1


@pytest.mark.parametrize(("hour", "begin", "end", "quiet"), [
    (22, 21, 8, True), (3, 21, 8, True), (8, 21, 8, False), (20, 21, 8, False), (21, 21, 8, True),
    (13, 12, 14, True), (14, 12, 14, False), (0, 5, 5, False)])
def test_quiet_hours_also_over_midnight(hour: int, begin: int, end: int, quiet: bool) -> None:
    at = datetime(2026, 11, 25, hour, 30, tzinfo=UTC) - timedelta(hours=8)
    until = quiet_end(at, begin, end)
    assert (until is not None) == quiet
    if until is not None:
        assert timedelta(0) < until - at <= timedelta(hours=24)
        assert (until + timedelta(hours=8)).astimezone(UTC).hour == end


# --- WeChat

class FakeWechat:
    """WeChat's two addresses, with tokens that can be made stale."""

    def __init__(self) -> None:
        self.good = ""
        self.made = 0
        self.code = 0
        self.sent: list[dict[str, Any]] = []

    def answer(self, request: Request) -> Answer:
        """What WeChat says to a request."""
        if request.path == "/cgi-bin/stable_token":
            if request.json["secret"] != "wechat secret":
                return 200, {"errcode": 40125, "errmsg": "invalid appsecret"}, {}
            self.made += 1
            self.good = f"token{self.made}"
            return 200, {"access_token": self.good, "expires_in": 7200}, {}
        if request.path != f"/cgi-bin/message/template/send?access_token={self.good}":
            return 200, {"errcode": 40001, "errmsg": "invalid credential"}, {}
        if self.code:
            return 200, {"errcode": self.code}, {}
        self.sent.append(request.json)
        return 200, {"errcode": 0, "msgid": 200163836}, {}


@pytest.fixture
def wechat(switch: Switch, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeWechat]:
    """WeChat on this machine, switched on; nothing remembered of it before."""
    monkeypatch.setattr(service_wechat, "_tokens", {})
    fake = FakeWechat()
    with gateway(fake.answer) as made:
        switch(WECHAT_APP_ID="wx1", WECHAT_APP_SECRET="wechat secret", WECHAT_TEMPLATE="T1", WECHAT_URL=made.url)
        yield fake


def test_a_template_message_says_what_and_when_and_opens_its_page(app: Flask, wechat: FakeWechat) -> None:
    subject = "这是一句超过二十个字的话所以只能放进去一部分后面的放不下"
    assert Wechat(app.config).send(OPENID, message(subject=subject)) == "200163836"
    (sent,) = wechat.sent
    assert sent == {"touser": OPENID, "template_id": "T1", "client_msg_id": "notice-1-sms",
                    "url": "https://jiedui.example/x",
                    "data": {"thing1": {"value": subject[:20]}, "time2": {"value": "2026-11-25 12:00"}}}


def test_the_token_is_fetched_once_and_anew_before_it_ends(app: Flask, wechat: FakeWechat) -> None:
    for minutes in (0, 30, 114):
        Wechat(app.config).send(OPENID, message(sent_at=NOON + timedelta(minutes=minutes)))
    assert wechat.made == 1
    Wechat(app.config).send(OPENID, message(sent_at=NOON + timedelta(minutes=116)))
    assert wechat.made == 2


def test_a_token_that_somebody_else_replaced_is_fetched_anew_once(app: Flask, wechat: FakeWechat) -> None:
    channel = Wechat(app.config)
    channel.send(OPENID, message())
    wechat.good = "of somebody else"
    channel.send(OPENID, message())
    assert (wechat.made, len(wechat.sent)) == (2, 2)


@pytest.mark.slow
@pytest.mark.parametrize(("code", "trouble"), [
    (40003, Permanent), (43004, Permanent), (43101, Permanent), (-1, Temporary), (45009, Temporary),
    (40001, Temporary)])
def test_what_wechat_answers_decides(app: Flask, wechat: FakeWechat, code: int, trouble: type[Exception]) -> None:
    wechat.code = code
    with pytest.raises(trouble, match=f"wechat_{code}"):
        Wechat(app.config).send(OPENID, message())


def test_a_wrong_secret_stops_the_channel_not_the_message(app: Flask, wechat: FakeWechat, switch: Switch) -> None:
    switch(WECHAT_APP_SECRET="wrong")
    with pytest.raises(Temporary, match="wechat_40125") as raised:
        Wechat(app.config).send(OPENID, message())
    assert raised.value.whole


def test_the_job_reaches_wechat_as_it_reaches_the_others(
        wechat: FakeWechat, people: People, proven: Callable[[int, str, str], NoticeAddress]) -> None:
    proven(people.charity.user_id, "wechat", OPENID)
    tell(people.charity.user_id, "pairing_confirmed", {}, utc_now(), key="7")
    db.session.commit()
    assert jobs_notices.send_waiting()["sent"] == 1
    assert wechat.sent[0]["touser"] == OPENID
    assert json.dumps(wechat.sent[0], ensure_ascii=False).count("对方确认收到了") == 1


def test_one_channel_out_of_reach_does_not_stop_the_others(
        sms: Gateway, wechat: FakeWechat, switch: Switch, people: People,
        proven: Callable[[int, str, str], NoticeAddress]) -> None:
    proven(people.charity.user_id, "wechat", OPENID)
    proven(people.charity.user_id, "sms", "13900000001")
    db.session.add(NoticePreference(user_id=people.charity.user_id, silenced={}, quiet_from=0, quiet_until=0))
    tell(people.charity.user_id, "pairing_offered", OFFERED, utc_now(), key="7")
    tell(people.charity.user_id, "pairing_offered", OFFERED, utc_now(), key="8")
    db.session.commit()
    switch(SMS_URL=f"http://127.0.0.1:{free_port()}/")
    counts = jobs_notices.send_waiting()
    assert (counts["sent"], counts["later"]) == (2, 1)
    db.session.execute(update(Delivery).values(next_try_at=utc_now()))
    db.session.commit()
    switch(SMS_URL=sms.url)
    assert jobs_notices.send_waiting()["sent"] == 2
