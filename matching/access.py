"""Who may open which route: one decorator under each route, and nothing opens without one.

    @blueprint.get("/desk")
    @may(Right.PAIR)
    def desk() -> str: ...

The decorators only mark a view; `guard` enforces the mark before every request, so an unmarked view is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user
from werkzeug.exceptions import Forbidden

import matching.accounts.service as accounts
from matching.actor import Actor, Right
from matching.clock import utc_now
from matching.extensions import login, write_intended

log = structlog.get_logger()
View = TypeVar("View", bound=Callable[..., Any])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Access:
    """What a view asks of its visitor. `rights` empty: any signed-in person; `logs`: the view writes a look; `apart`:
    it does so apart from what it reads.
    """

    public: bool = False
    rights: frozenset[Right] = field(default_factory=frozenset)
    logs: bool = False
    apart: bool = False


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login holds for the present request: a session's token and who it belongs to."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.token = token
        self.actor = actor

    def get_id(self) -> str:
        """The cookie carries the token of the session, never the number of a user."""
        return self.token


def _mark(view: View, access: Access) -> View:
    if hasattr(view, "access"):
        raise TypeError(f"{view.__name__} has two access decorators")
    view.access = access  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Open to everybody."""
    return _mark(view, Access(public=True))


def signed_in(view: View) -> View:
    """Open to every signed-in person."""
    return _mark(view, Access())


def may(*rights: Right, logs: bool = False, apart: bool = False) -> Callable[[View], View]:
    """Open to those whose role carries at least one of the rights.

    `logs=True`: this GET records who looked, so its transaction may write. `apart=True` with it: only the record is
    written, by `extensions.written_apart`, and nobody waits while the page is drawn.
    """
    return lambda view: _mark(view, Access(rights=frozenset(rights), logs=logs, apart=apart))


def access_of(app: Flask, endpoint: str) -> Access | None:
    """The mark of an endpoint, or None when it has none and is therefore closed."""
    if endpoint == "static":
        return Access(public=True)
    return getattr(app.view_functions.get(endpoint), "access", None)


def current_actor() -> Actor | None:
    """Who is signed in, or None for a stranger."""
    return current_user.actor if current_user.is_authenticated else None


def the_actor() -> Actor:
    """Who is signed in; for views that `guard` has opened to signed-in people only."""
    actor = current_actor()
    if actor is None:
        abort(403)
    return actor


def actor_home(_actor: Actor) -> str:
    """The address of a person's first page: the to-do list."""
    return url_for("todo.todo")


def guard() -> ResponseReturnValue | None:
    """Before every request: refuse what is not marked, send strangers to sign in, check the right."""
    write_intended.set(request.method not in SAFE_METHODS)
    if request.endpoint is None:
        return None
    access = access_of(current_app, request.endpoint)
    if access is None:
        log.error("view_without_access_line", endpoint=request.endpoint)
        raise Forbidden
    if access.public:
        return None
    actor = current_actor()
    if actor is None:
        if request.method in ("GET", "HEAD"):
            return redirect(url_for("accounts.sign_in", next=request.path))
        abort(401)
    if access.rights and not any(actor.may(right) for right in access.rights):
        raise Forbidden
    if access.logs and not access.apart:
        write_intended.set(True)
    return None


def register_access(app: Flask) -> None:
    """Close the application by default and teach Flask-Login about our sessions."""
    login.session_protection = None  # our sessions live in the database and end there

    @login.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> SignedIn | None:
        actor = accounts.find_session(token, utc_now(), current_app.config["SESSION_IDLE"],
                                      current_app.config["PERMANENT_SESSION_LIFETIME"])
        return None if actor is None else SignedIn(token, actor)

    app.before_request(guard)

    @app.context_processor
    def shared() -> dict[str, Any]:
        return {"actor": current_actor(), "csp_nonce": lambda: g.csp_nonce}
