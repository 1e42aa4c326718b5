"""Signing in and out, and one's own password."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from matching.access import SignedIn, actor_home, current_actor, public, signed_in, the_actor
from matching.accounts import service
from matching.accounts.forms import PasswordForm, SignInForm, text_of
from matching.accounts.models import User
from matching.accounts.service_attempts import DEVICE_AGE, TooManyTries, remember_device, verify_sign_in
from matching.actor import Actor
from matching.audit.service import record
from matching.clock import utc_now
from matching.errors import Invalid
from matching.extensions import db
from matching.language import A_YEAR, COOKIE
from matching.pages.service import same_site_path

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    form, actor = SignInForm(), current_actor()
    if request.method == "GET" and actor is not None:
        return redirect(_destination(actor))
    if not form.validate_on_submit():
        return _sign_in_page(form, 422 if form.errors else 200)
    try:
        user = _test(text_of(form.username), text_of(form.password))
    except TooManyTries as refusal:
        return _sign_in_page(form, refusal.status, refusal.message)
    if user is None:
        return _sign_in_page(form, 422, _("账号或密码不对，请再试一次。"))
    return _let_in(user)


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    actor = current_actor()
    if actor is not None:
        service.end_session(current_user.token, utc_now())
        _record(actor, "account.sign_out")
        db.session.commit()
    logout_user()
    session.clear()
    return redirect(url_for("accounts.sign_in"))


@blueprint.route("/accounts/change-password", methods=["GET", "POST"])
@signed_in
def change_password() -> ResponseReturnValue:
    form, actor = PasswordForm(), the_actor()
    if form.validate_on_submit():
        try:
            _change(form, actor)
        except Invalid as fault:
            form.take_fault(fault)
        except TooManyTries as refusal:
            form.take_fault(Invalid(refusal.message, field="current"))
        else:
            flash(_("密码改好了，别处的登录都已退出。"))
            return redirect(actor_home(actor))
    return render_template("accounts/change_password.html", form=form), 422 if form.errors else 200


def _change(form: PasswordForm, actor: Actor) -> None:
    """Test the present password like any other try, then set the new one and keep only this session."""
    user = _test(actor.username, text_of(form.current))
    if user is None:
        raise Invalid(_("现在的密码不对。"), field="current")
    service.change_password(user, text_of(form.password), utc_now(), keep_token=current_user.token)
    _record(actor, "account.change_password")
    db.session.commit()


def _test(username: str, password: str) -> User | None:
    return verify_sign_in(username, password, request.remote_addr or "", _device(), utc_now())


def _sign_in_page(form: SignInForm, status: int, refusal: str = "") -> ResponseReturnValue:
    if refusal:
        form.take_fault(Invalid(refusal))
    return render_template("accounts/sign_in.html", form=form, next=request.args.get("next")), status


def _let_in(user: User) -> Response:
    """A new session under a new token; whatever the browser brought along is thrown away."""
    now, device = utc_now(), _device()
    if current_user.is_authenticated:
        service.end_session(current_user.token, now)
    token = service.start_session(user, now)
    actor = service.actor_of(user)
    _record(actor, "account.sign_in")
    remembered = remember_device(user, device)
    db.session.commit()
    session.clear()
    login_user(SignedIn(token, actor))
    answer = redirect(_destination(actor))
    answer.set_cookie(_device_cookie(), remembered, max_age=DEVICE_AGE, httponly=True, samesite="Lax",
                      secure=current_app.config["SESSION_COOKIE_SECURE"])
    if COOKIE not in request.cookies and user.locale != current_app.config["BABEL_DEFAULT_LOCALE"]:
        answer.set_cookie(COOKIE, user.locale, max_age=A_YEAR, httponly=True, samesite="Lax",
                          secure=current_app.config["SESSION_COOKIE_SECURE"])
    return answer


def _destination(actor: Actor) -> str:
    """Where the visitor wanted to go when it is a page of ours, else the to-do list."""
    wanted = same_site_path(request.args.get("next"))
    return actor_home(actor) if wanted == "/" or wanted.startswith("/sign-") else wanted


def _device() -> str | None:
    return request.cookies.get(_device_cookie())


def _device_cookie() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def _record(actor: Actor, action: str) -> None:
    record(actor, action, utc_now(), object_type="user", object_id=actor.user_id, area_code=actor.area_code,
           changes={"username": actor.username})
