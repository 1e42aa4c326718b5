"""The security headers of every answer, errors included."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

POLICY = ("default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
          "font-src 'self'; media-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
          "base-uri 'none'; object-src 'none'; frame-ancestors 'none'")

ASKING = ("intake.ask", "intake.report_hardship")
"""The only pages that may ask a phone where it is, what it hears and sees; and only when a button is tapped."""


def register_headers(app: Flask) -> None:
    """Give each request a nonce and each answer its headers."""

    @app.before_request
    def make_nonce() -> None:
        g.csp_nonce = secrets.token_urlsafe(16)

    @app.after_request
    def add_headers(response: Response) -> Response:
        nonce = getattr(g, "csp_nonce", "")
        response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce))
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"  # for browsers that do not know frame-ancestors
        response.headers["Referrer-Policy"] = "same-origin"
        asks = "(self)" if request.endpoint in ASKING else "()"
        response.headers["Permissions-Policy"] = f"geolocation={asks}, microphone={asks}, camera={asks}"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if app.config["SESSION_COOKIE_SECURE"]:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response
