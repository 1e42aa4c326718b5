"""The administrator's accounts: who may sign in, as what. No household's content is shown here."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.accounts import queries, service
from matching.accounts.forms import AccountForm, ActForm, RoleForm, text_of
from matching.accounts.routes import blueprint
from matching.accounts.service_passwords import first_password
from matching.actor import Actor, Right, Role
from matching.clock import utc_now
from matching.errors import Invalid
from matching.extensions import db
from matching.intake.service_clocks import hand_on
from matching.once import once
from matching.places.queries import area_names, area_path
from matching.views import asked_page, turned


@blueprint.get("/accounts/list-accounts")
@may(Right.MANAGE_ACCOUNTS)
def list_accounts() -> ResponseReturnValue:
    wanted, role = request.args.get("who", "").strip()[:40], request.args.get("role", "")
    role = role if role in tuple(Role) else ""
    page = queries.list_accounts(wanted, role, asked_page())
    names = area_names({account.user.area_code for account in page.rows if account.user.area_code})
    return render_template("accounts/list_accounts.html", accounts=page.rows, wanted=wanted, role=role,
                           roles=tuple(Role), names=names,
                           ways=turned("accounts.list_accounts", page, who=wanted, role=role))


@blueprint.get("/accounts/<int:user_id>/show-account")
@may(Right.MANAGE_ACCOUNTS)
def show_account(user_id: int) -> ResponseReturnValue:
    account = queries.account_or_404(user_id, the_actor())
    place = area_path(account.user.area_code, str(get_locale())) if account.user.area_code else None
    return render_template("accounts/show_account.html", account=account, place=place, form=ActForm(),
                           own=account.user.id == the_actor().user_id)


@blueprint.route("/accounts/add-account", methods=["GET", "POST"])
@may(Right.MANAGE_ACCOUNTS)
def add_account() -> ResponseReturnValue:
    actor, form, led = the_actor(), AccountForm(), ""
    if form.validate_on_submit():
        key = text_of(form.submission_key)
        try:
            led = once(key, actor, utc_now(), lambda: _create(form, actor))
            db.session.commit()
        except Invalid as fault:
            db.session.rollback()
            form.take_fault(fault)
        else:
            return render_template("accounts/add_account.html", form=None, led=led,
                                   password=first_password(actor.user_id, key), username=text_of(form.username))
    return render_template("accounts/add_account.html", form=form), 422 if form.errors else 200


@blueprint.post("/accounts/<int:user_id>/disable-account")
@may(Right.MANAGE_ACCOUNTS)
def disable_account(user_id: int) -> ResponseReturnValue:
    account, actor = queries.account_or_404(user_id, the_actor()), the_actor()
    service.set_enabled(account.user, False, actor, utc_now())
    hand_on(account.user, actor, utc_now())
    db.session.commit()
    flash(_("账号 %(username)s 已停用，它的登录都已退出。", username=account.user.username))
    return redirect(url_for("accounts.show_account", user_id=user_id))


@blueprint.post("/accounts/<int:user_id>/enable-account")
@may(Right.MANAGE_ACCOUNTS)
def enable_account(user_id: int) -> ResponseReturnValue:
    account, actor = queries.account_or_404(user_id, the_actor()), the_actor()
    service.set_enabled(account.user, True, actor, utc_now())
    db.session.commit()
    flash(_("账号 %(username)s 又可以登录了。", username=account.user.username))
    return redirect(url_for("accounts.show_account", user_id=user_id))


@blueprint.post("/accounts/<int:user_id>/reset-password")
@may(Right.MANAGE_ACCOUNTS)
def reset_password(user_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), ActForm()
    account = queries.account_or_404(user_id, actor)
    key, back = text_of(form.submission_key), url_for("accounts.show_account", user_id=user_id)

    def act() -> str:
        service.reset_password(account.user, key, actor, utc_now())
        return back

    once(key, actor, utc_now(), act)
    db.session.commit()
    return render_template("accounts/reset_password.html", account=account, led=back,
                           password=first_password(actor.user_id, key))


@blueprint.route("/accounts/<int:user_id>/change-role", methods=["GET", "POST"])
@may(Right.MANAGE_ACCOUNTS)
def change_role(user_id: int) -> ResponseReturnValue:
    account, actor = queries.account_or_404(user_id, the_actor()), the_actor()
    form = RoleForm(role=account.user.role, area_code=account.user.area_code, organisation=account.organisation)
    if form.validate_on_submit():
        try:
            service.change_role(account.user, Role(form.role.data), actor, utc_now(),
                                area_code=text_of(form.area_code),
                                organisation_id=queries.organisation_named(text_of(form.organisation)))
            hand_on(account.user, actor, utc_now())
            db.session.commit()
        except Invalid as fault:
            db.session.rollback()
            form.take_fault(fault)
        else:
            flash(_("账号 %(username)s 的角色已改，它的登录都已退出。", username=account.user.username))
            return redirect(url_for("accounts.show_account", user_id=user_id))
    return render_template("accounts/change_role.html", account=account, form=form), 422 if form.errors else 200


def _create(form: AccountForm, actor: Actor) -> str:
    """Make the account that a form describes; returns its page's address."""
    user = service.create_user(
        text_of(form.username), text_of(form.name), Role(form.role.data),
        first_password(actor.user_id, text_of(form.submission_key)), utc_now(), actor=actor,
        area_code=text_of(form.area_code), department=text_of(form.department),
        organisation_id=queries.organisation_named(text_of(form.organisation)))
    return url_for("accounts.show_account", user_id=user.id)
