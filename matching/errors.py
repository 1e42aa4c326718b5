"""The errors that services raise, and the pages that tell people about them."""

from __future__ import annotations

import structlog
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from matching.extensions import db, login

log = structlog.get_logger()


class JieduiError(Exception):
    """Something the person who acts should hear about. `status` is the HTTP status that fits."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotThere(JieduiError):
    """The object does not exist, or lies outside the actor's reach: both look the same."""

    status = 404

    def __init__(self, message: str = "") -> None:
        super().__init__(message)


class NotAllowed(JieduiError):
    """In reach, but this person may not do this."""

    status = 403


class Conflict(JieduiError):
    """Somebody else was quicker, or the state no longer fits: nothing was changed."""

    status = 409


class Invalid(JieduiError):
    """The input cannot be used as it is; `field` names the form field where known."""

    status = 422

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def _forget_visitor() -> None:
    """Draw the page for a stranger: whoever asks who is signed in would ask the database that does not answer."""
    g._login_user = login.anonymous_user()  # where Flask-Login keeps the present visitor


def error_page(status: int, message: str = "") -> tuple[str, int]:
    """Render the error page of a status; `message` is a whole sentence for the reader or empty."""
    return render_template("errors/error.html", status=status, message=message), status


def register_errors(app: Flask) -> None:
    """Show every error in the reader's language; never a traceback, never half-written data."""

    @app.errorhandler(JieduiError)
    def on_jiedui_error(error: JieduiError) -> ResponseReturnValue:
        db.session.rollback()
        return error_page(error.status, error.message)

    @app.errorhandler(CSRFError)
    def on_csrf_error(_error: CSRFError) -> ResponseReturnValue:
        return error_page(400)

    @app.errorhandler(HTTPException)
    def on_http_error(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < 400:
            return error
        return error_page(error.code)

    @app.errorhandler(OperationalError)
    def on_database_trouble(error: OperationalError) -> ResponseReturnValue:
        db.session.rollback()
        log.error("database_unavailable", endpoint=request.endpoint, kind=type(error.orig).__name__)
        _forget_visitor()
        page, status = error_page(503)
        return page, status, {"Retry-After": "5"}

    @app.errorhandler(Exception)
    def on_fault(error: Exception) -> ResponseReturnValue:
        if app.testing:
            raise error
        db.session.rollback()
        log.error("unexpected_fault", endpoint=request.endpoint, kind=type(error).__name__,
                  where=_where(error))
        return error_page(500)


def _where(error: Exception) -> str:
    """File and line where an error was raised; never its message, which may hold personal data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
