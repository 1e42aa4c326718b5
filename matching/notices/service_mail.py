"""E-mail over SMTP: one connection for a stretch of sending, encrypted unless the settings say otherwise.

RFC 5321: an answer 4xx is worth another try, 5xx is final. RFC 5322: the Message-ID is the same at every try, so that a
mail that went out twice (the process died after the server had taken it) can be told from two mails.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from matching.notices.service_channels import Message, Permanent, Temporary

__all__ = ["Mail"]

SECONDS = 20.0
PLAIN = SMTP.clone(cte_type="7bit")
"""Every server takes it, whatever it knows of 8BITMIME and SMTPUTF8."""


class Mail:
    """The channel `email`; its settings begin with MAIL_."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config
        self._server: smtplib.SMTP | None = None

    def send(self, address: str, message: Message) -> str:
        """Hand a mail to the server; returns its Message-ID. Raises Temporary or Permanent."""
        mail = self.compose(address, message)
        try:
            self._opened().send_message(mail)
        except smtplib.SMTPRecipientsRefused as refusal:
            code = next(iter(refusal.recipients.values()))[0]
            raise _by_code(code) from None
        except smtplib.SMTPResponseException as refusal:
            self.close()  # a server that broke off in the middle is asked anew
            raise _by_code(refusal.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise Permanent("not_supported") from None
        except (OSError, smtplib.SMTPException):
            self.close()
            raise Temporary("connection", whole=True) from None
        return str(mail["Message-ID"])

    def close(self) -> None:
        """Say good-bye to the server."""
        server, self._server = self._server, None
        if server is not None:
            try:
                server.quit()
            except (OSError, smtplib.SMTPException):
                server.close()

    def compose(self, address: str, message: Message) -> EmailMessage:
        """The mail as it goes out: plain text and simple HTML, in UTF-8."""
        sender = str(self._config["MAIL_FROM"])
        mail = EmailMessage(policy=PLAIN)
        try:
            mail["From"] = Address("Jiedui", addr_spec=sender)
            mail["To"] = Address(addr_spec=address)
            mail["Subject"] = message.subject
        except (ValueError, IndexError):  # what is no address, or would break out of its line
            raise Permanent("address") from None
        mail["Date"] = format_datetime(message.sent_at)
        mail["Message-ID"] = f"<{message.key}@{sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        if message.leave:
            mail["List-Unsubscribe"] = f"<{message.leave}>"
        mail.set_content(message.text)
        mail.add_alternative(message.html, subtype="html")
        mail["Content-Language"] = "en" if message.language == "en" else "zh-Hans"
        return mail

    def _opened(self) -> smtplib.SMTP:
        """The connection to the server, opened, encrypted and signed in where that was not done yet."""
        if self._server is not None:
            return self._server
        try:
            self._server = self._connected()
            self._greet(self._server)
        except (OSError, smtplib.SMTPException) as trouble:
            if self._server is not None:
                self._server.close()
            self._server = None
            raise Temporary(_why(trouble), whole=True) from None
        return self._server

    def _connected(self) -> smtplib.SMTP:
        host, port = str(self._config["MAIL_HOST"]), int(self._config["MAIL_PORT"])
        if self._config["MAIL_SECURITY"] == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=self._trusted())
        return smtplib.SMTP(host, port, timeout=SECONDS)

    def _greet(self, server: smtplib.SMTP) -> None:
        if self._config["MAIL_SECURITY"] == "starttls":
            server.starttls(context=self._trusted())
        if self._config["MAIL_USER"]:
            server.login(self._config["MAIL_USER"], self._config["MAIL_PASSWORD"])

    def _trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._config["MAIL_CA_FILE"] or None)


def _why(trouble: Exception) -> str:
    """The code of what kept us from the server."""
    if isinstance(trouble, ssl.SSLError):
        return "certificate"
    if isinstance(trouble, smtplib.SMTPAuthenticationError):
        return "sign_in"
    return "no_encryption" if isinstance(trouble, smtplib.SMTPNotSupportedError) else "connection"


def _by_code(code: int) -> Temporary | Permanent:
    """What an answer of the server means for this message; 421 closes the whole channel."""
    if 500 <= code < 600:
        return Permanent(f"smtp_{code}")
    return Temporary(f"smtp_{code}", whole=code == 421)
