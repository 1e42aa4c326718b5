"""WeChat: template messages of an official account to those who have bound their WeChat.

`/cgi-bin/stable_token` gives a token for some two hours, asked for in the body, so that the secret stands in no
address; `/cgi-bin/message/template/send` takes `client_msg_id`, under which WeChat drops a double. A token that is no
longer good is fetched anew, once. The codes are WeChat's own (developers.weixin.qq.com, "global return codes").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from matching.clock import SHANGHAI
from matching.notices.service_channels import Message, Permanent, Temporary
from matching.notices.service_https import ask

__all__ = ["Wechat", "authorize_url", "openid_of"]

STALE_TOKEN = (40001, 40014, 42001)
AGAIN = (-1, 45009, 45011)
MARGIN = timedelta(minutes=5)
CONSENT = "https://open.weixin.qq.com/connect/oauth2/authorize"
THING = 20
"""Characters that a field of the kind "thing" holds."""

Token = tuple[str, datetime]
_tokens: dict[str, Token] = {}
"""The token of each official account and until when it is good; one process sends, so it lives in memory."""


class Wechat:
    """The channel `wechat`. Settings: WECHAT_APP_ID, WECHAT_APP_SECRET, WECHAT_TEMPLATE, WECHAT_FIELDS, WECHAT_URL."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config

    def send(self, address: str, message: Message) -> str:
        """Send a template message to an openid; returns WeChat's number of it. Raises Temporary or Permanent."""
        what, when = str(self._config["WECHAT_FIELDS"]).split(",")
        body = {"touser": address, "template_id": self._config["WECHAT_TEMPLATE"], "client_msg_id": message.key,
                "data": {what: {"value": message.subject[:THING]},
                         when: {"value": f"{message.sent_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"}}}
        if message.link:
            body["url"] = message.link
        told = self._send(body, message.sent_at)
        if told.get("errcode") in STALE_TOKEN:
            _tokens.pop(self._config["WECHAT_APP_ID"], None)
            told = self._send(body, message.sent_at)
        code = told.get("errcode", 0)
        if code in (*AGAIN, *STALE_TOKEN):
            raise Temporary(f"wechat_{code}", whole=True)
        if code != 0:
            raise Permanent(f"wechat_{code}")
        return str(told.get("msgid", ""))

    def close(self) -> None:
        """Nothing stays open between two messages."""

    def _send(self, body: dict[str, Any], now: datetime) -> dict[str, Any]:
        return self._ask(f"/cgi-bin/message/template/send?access_token={self._token(now)}", body)

    def _token(self, now: datetime) -> str:
        """The account's token, fetched when there is none that is still good for a while."""
        app_id = self._config["WECHAT_APP_ID"]
        token, until = _tokens.get(app_id, ("", now))
        if until > now:
            return token
        told = self._ask("/cgi-bin/stable_token", {"grant_type": "client_credential", "appid": app_id,
                                                   "secret": self._config["WECHAT_APP_SECRET"]})
        if not isinstance(told.get("access_token"), str):
            raise Temporary(f"wechat_{told.get('errcode', 'token')}", whole=True)
        _tokens[app_id] = told["access_token"], now + timedelta(seconds=int(told.get("expires_in", 0))) - MARGIN
        return str(told["access_token"])

    def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return ask(self._config["WECHAT_URL"], path, json.dumps(body, ensure_ascii=False).encode())


def authorize_url(config: Mapping[str, Any], back: str, state: str) -> str:
    """Where somebody inside WeChat says yes to being told there; WeChat leads to `back` with a code."""
    asked = {"appid": config["WECHAT_APP_ID"], "redirect_uri": back, "response_type": "code", "scope": "snsapi_base",
             "state": state}
    return f"{CONSENT}?{urlencode(asked)}#wechat_redirect"


def openid_of(code: str, config: Mapping[str, Any]) -> str:
    """The openid of whoever came back with this code, which is good once and for five minutes.

    Raises Temporary or Permanent.
    """
    asked = urlencode({"appid": config["WECHAT_APP_ID"], "secret": config["WECHAT_APP_SECRET"], "code": code,
                       "grant_type": "authorization_code"})
    told = ask(config["WECHAT_URL"], f"/sns/oauth2/access_token?{asked}", None)
    if not isinstance(told.get("openid"), str):
        raise Permanent(f"wechat_{told.get('errcode', 'openid')}")
    return str(told["openid"])
