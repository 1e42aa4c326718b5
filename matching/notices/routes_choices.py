"""How one wants to be told: channels by group of kinds, quiet hours, and addresses with their proof."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer

from matching.access import may, signed_in, the_actor
from matching.actor import Actor, Right
from matching.audit.service import record
from matching.clock import utc_now
from matching.errors import Invalid
from matching.extensions import db
from matching.notices import queries, service_addresses, service_sending
from matching.notices.forms import AddressForm, BindForm, ChoosingForm, CodeForm
from matching.notices.models import CHANNELS
from matching.notices.routes import blueprint
from matching.notices.service_channels import CHANNEL_WORDS, configured
from matching.notices.service_kinds import groups_of
from matching.notices.service_wechat import authorize_url
from matching.views import sent_well, shown


@blueprint.route("/choose-notices", methods=["GET", "POST"])
@signed_in
def choose_notices() -> ResponseReturnValue:
    actor, wishes = the_actor(), queries.wishes_of(the_actor().user_id)
    groups, channels = groups_of(actor.role), ["site", *wishes.confirmed()]
    form = ChoosingForm(data=_wanted(wishes, channels))
    for group in groups:
        form[group].choices = [(channel, CHANNEL_WORDS[channel]) for channel in channels]
    if form.validate_on_submit():
        kept = {group: {*wishes.silenced.get(group, ())} - {*channels} | {*channels} - {*(form[group].data or ())}
                for group in groups}
        service_addresses.choose(kept, (int(form.quiet_from.data), int(form.quiet_until.data)), actor, utc_now())
        db.session.commit()
        flash(_("记下了，以后照这样通知您。"))
        return redirect(url_for("notices.choose_notices"), code=303)
    return shown("notices/choose_notices.html", form, groups=groups, wishes=wishes,
                 offered=[channel for channel in CHANNELS if channel in configured(current_app.config)])


@blueprint.route("/add-address", methods=["GET", "POST"])
@signed_in
def add_address() -> ResponseReturnValue:
    channel, form = _asked_channel(), AddressForm()

    def act() -> str:
        service_addresses.ask_code(channel, str(form.address.data), the_actor(), utc_now())
        return url_for("notices.prove_address", channel=channel)

    location = sent_well(form, act)
    if location is not None:
        return redirect(location, code=303)
    return shown("notices/add_address.html", form, channel=channel)


@blueprint.route("/prove-address", methods=["GET", "POST"])
@signed_in
def prove_address() -> ResponseReturnValue:
    channel, form, actor = _asked_channel(), CodeForm(), the_actor()
    if form.validate_on_submit():
        try:
            _prove(channel, str(form.code.data), actor)
            flash(_("确认好了，以后会发到这里。"))
            return redirect(url_for("notices.choose_notices"), code=303)
        except Invalid as fault:
            form.take_fault(fault)
    return shown("notices/prove_address.html", form, channel=channel,
                 address=queries.wishes_of(actor.user_id).addresses.get(channel))


@blueprint.route("/bind-wechat", methods=["GET", "POST"])
@signed_in
def bind_wechat() -> ResponseReturnValue:
    actor = the_actor()
    form = BindForm(code=request.args.get("code", ""), state=request.args.get("state", ""))
    is_ours = _is_ours(str(form.state.data or ""), actor)
    if form.validate_on_submit() and is_ours:
        try:
            service_addresses.bind_wechat(str(form.code.data), actor, utc_now())
            db.session.commit()
            flash(_("好了，几秒钟以后就绑定上。"))
            return redirect(url_for("notices.choose_notices"), code=303)
        except Invalid as fault:
            form.take_fault(fault)
    back = current_app.config["SITE_URL"] + url_for("notices.bind_wechat")
    return shown("notices/bind_wechat.html", form, came_back=is_ours and bool(form.code.data),
                 is_on="wechat" in configured(current_app.config),
                 ask=authorize_url(current_app.config, back, str(_signer().dumps(actor.user_id))))


@blueprint.post("/remove-address")
@signed_in
def remove_address() -> ResponseReturnValue:
    channel = request.form.get("channel", "")
    if channel in CHANNELS:
        service_addresses.remove_address(channel, the_actor(), utc_now())
        db.session.commit()
        flash(_("去掉了，不会再发到那里。"))
    return redirect(url_for("notices.choose_notices"), code=303)


@blueprint.get("/show-outbox")
@may(Right.MANAGE_ACCOUNTS)
def show_outbox() -> ResponseReturnValue:
    return render_template("notices/show_outbox.html", traffic=queries.traffic(utc_now()),
                           tries=service_sending.TRIES, words=CHANNEL_WORDS)


@blueprint.post("/retry-notices")
@may(Right.MANAGE_ACCOUNTS)
def retry_notices() -> ResponseReturnValue:
    now = utc_now()
    again = service_sending.put_off(now)
    record(the_actor(), "account.retry_notices", now, changes={"count": again})
    db.session.commit()
    flash(_("%(n)s 条会再试。", n=again))
    return redirect(url_for("notices.show_outbox"), code=303)


def _is_ours(state: str, actor: Actor) -> bool:
    """Whether this very account asked WeChat, at most ten minutes ago."""
    try:
        return bool(_signer().loads(state, max_age=600) == actor.user_id)
    except BadData:
        return False


def _signer() -> URLSafeTimedSerializer:
    """What is sent to WeChat and back, so that nobody can bind another's WeChat to a reader's account."""
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="wechat")


def _asked_channel() -> str:
    """The channel that a page is about."""
    return "sms" if request.args.get("channel") == "sms" else "email"


def _prove(channel: str, code: str, actor: Actor) -> None:
    """Prove an address by its code; raises Invalid. A wrong code is committed, since it counts."""
    right = service_addresses.prove(channel, code, actor, utc_now())
    db.session.commit()
    if not right:
        raise Invalid(_("不是这个码，请再看一看。"), "code")


def _wanted(wishes: queries.Wishes, channels: list[str]) -> dict[str, object]:
    """What the form shows at first."""
    wanted: dict[str, object] = {group: [channel for channel in channels
                                         if channel not in wishes.silenced.get(group, ())]
                                 for group in ("pairing", "money", "asking", "work", "account")}
    return wanted | {"quiet_from": str(wishes.quiet[0]), "quiet_until": str(wishes.quiet[1])}
