"""The assistance menu of a household: drawing, discussing, signing, printing, reviewing."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.audit.service import record
from matching.clock import day_of, utc_now
from matching.errors import Invalid
from matching.extensions import db
from matching.formatting import day_iso, money
from matching.households import queries as households
from matching.households import service_files as files
from matching.households.service_images import Clean, clean
from matching.pairings import queries_menus as queries
from matching.pairings import service_menus as menus
from matching.pairings.forms import StepForm
from matching.pairings.forms_menus import (
    FEN_PER_YUAN,
    MenuItemForm,
    NewMenuItemForm,
    ReviewMenuForm,
    SeenForm,
    SignMenuForm,
)
from matching.pairings.models_menus import Menu, MenuItem
from matching.pairings.routes import blueprint
from matching.printing import pdf
from matching.views import answered, done
from matching.words import help_type_word
from matching.words_policies import rhythm_word
from matching.words_steps import MENU_FILTERS

REVIEW_AFTER = timedelta(days=90)

for word in MENU_FILTERS:
    blueprint.add_app_template_filter(word)


@blueprint.get("/<int:household_id>/show-menu")
@may(Right.READ_PAIRINGS, logs=True)
def show_menu(household_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    household = households.household_or_404(household_id, actor)
    if files.must_state_why(household.id, actor, now):
        return redirect(url_for("households.open_household", household_id=household.id))
    page = render_template("pairings/show_menu.html", household=household, menus=queries.menus_of(household.id),
                           place=households.place_of(household), step=StepForm(), today=day_of(now),
                           may_change=actor.may(Right.PAIR))
    files.record_look(household, actor, now, "check")
    db.session.commit()
    return page


@blueprint.post("/<int:household_id>/draw-menu")
@may(Right.PAIR)
def draw_menu(household_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    household = households.household_or_404(household_id, actor)

    def act() -> str:
        menus.draw_menu(household, actor, now)
        flash(_("方案做好了，可以和这家商量。"))
        return url_for(".show_menu", household_id=household.id)

    return done(StepForm(), act)


@blueprint.route("/<int:menu_id>/add-menu-item", methods=["GET", "POST"])
@may(Right.PAIR)
def add_menu_item(menu_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), NewMenuItemForm(data={"per": "once"})
    menu = queries.menu_or_404(menu_id, actor)

    def act() -> str:
        menus.add_item(menu, form.help_type.data, form.what.data or "", form.giver.data or "", form.fen, form.per.data,
                       actor, utc_now())
        flash(_("加上了。"))
        return url_for(".show_menu", household_id=menu.household_id)

    return answered(form, act, "pairings/add_menu_item.html", menu=menu)


@blueprint.route("/<int:menu_item_id>/change-menu-item", methods=["GET", "POST"])
@may(Right.PAIR)
def change_menu_item(menu_item_id: int) -> ResponseReturnValue:
    actor = the_actor()
    item = queries.menu_item_or_404(menu_item_id, actor)
    form = MenuItemForm(obj=item, data={"amount": Decimal(item.amount_fen) / FEN_PER_YUAN or None})

    def act() -> str:
        menus.change_item(item, item.menu, actor, utc_now(), what=form.what.data or "", giver=form.giver.data or "",
                          amount_fen=form.fen, per=form.per.data, is_declined=bool(form.is_declined.data),
                          reason=form.reason.data or "")
        flash(_("改好了。"))
        return url_for(".show_menu", household_id=item.menu.household_id)

    return answered(form, act, "pairings/change_menu_item.html", menu=item.menu, item=item)


@blueprint.route("/<int:menu_id>/sign-menu", methods=["GET", "POST"])
@may(Right.PAIR)
def sign_menu(menu_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    menu = queries.menu_or_404(menu_id, actor)
    form = SignMenuForm(data={"version": menu.version, "signer_name": menu.household.head_name,
                              "review_on": day_of(now) + REVIEW_AFTER})

    def act() -> str:
        sheet = signed_sheet(form)
        menus.sign_menu(menu, form.seen, "paper" if form.sent() else "screen", form.signer_name.data or "",
                        form.review_on.data or day_of(now), actor, now, sheet)
        flash(_("签好了。%(day)s 再看落实得怎么样。", day=day_iso(form.review_on.data or day_of(now))))
        return url_for(".show_menu", household_id=menu.household_id)

    return answered(form, act, "pairings/sign_menu.html", menu=menu)


def signed_sheet(form: SignMenuForm) -> Clean | None:
    """The photographed sheet, or the signature drawn with a finger; drawn anew as all pictures are."""
    try:
        if (sent := form.sent()) is not None:
            return clean(sent.read(), sent.filename or "")
        drawn = form.picture()
        return clean(drawn, _("签名")) if drawn else None
    except Invalid as fault:
        raise Invalid(fault.message, "photo" if form.sent() else "signature") from None


@blueprint.route("/<int:menu_id>/review-menu", methods=["GET", "POST"])
@may(Right.PAIR)
def review_menu(menu_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    menu = queries.menu_or_404(menu_id, actor)
    form = ReviewMenuForm(data={"reviewed_on": day_of(now), "next_on": day_of(now) + REVIEW_AFTER})

    def act() -> str:
        menus.review_menu(menu, form.reviewed_on.data or day_of(now), form.words.data or "", form.next_on.data, actor,
                          now)
        flash(_("记下了。"))
        return url_for(".show_menu", household_id=menu.household_id)

    return answered(form, act, "pairings/review_menu.html", menu=menu)


@blueprint.get("/<int:menu_id>/menu-pdf")
@may(Right.READ_PAIRINGS, Right.OWN_CASE, logs=True)
def menu_pdf(menu_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    menu = queries.menu_or_404(menu_id, actor)
    content = pdf("household", sheet(menu))
    record(actor, "menu.print", now, object_type="menu", object_id=menu.id, household_id=menu.household_id,
           area_code=menu.household.area_code)
    db.session.commit()
    return send_file(io.BytesIO(content), "application/pdf", as_attachment=True, max_age=0,
                     download_name=_("帮扶方案 %(number)s", number=menu.household.number) + ".pdf")


def sheet(menu: Menu) -> dict[str, object]:
    """What the printed form is filled with: every item, what was declined, and where to sign."""
    def rows(items: list[MenuItem], last: str) -> list[list[str]]:
        return [[help_type_word(one.help_type), one.what, one.giver, money_words(one) if last == "sum" else one.reason]
                for one in items]

    heads = [_("帮助"), _("给什么"), _("谁给")]
    declined = [item for item in menu.items if item.is_declined]
    signed = [_("签名：____________________ 日期：____________________")] if menu.agreed_at is None else [
        _("%(name)s %(day)s 签的。", name=menu.signer_name, day=day_iso(menu.agreed_at))]
    parts = [(_("要给的"), rows(menu.kept, "sum"), [*heads, _("多少")]),
             (_("这家不要的"), rows(declined, "why"), [*heads, _("为什么不要")]), (_("这家同意以上方案"), [], [])]
    return {"lang": "en" if str(get_locale()) == "en" else "zh",
            "title": _("%(name)s家 帮扶方案", name=menu.household.head_name),
            "lead": _("户号 %(number)s", number=menu.household.number),
            "made": _("%(who)s %(day)s 做的", who=menu.drawn_by_name, day=day_iso(menu.drawn_at)),
            "sections": [{"heading": heading, "facts": [], "right": [], "head": head if found else [], "rows": found,
                          "widths": [12, 40, 28, 20], "lines": signed if not head else []}
                         for heading, found, head in parts if found or not head]}


def money_words(item: MenuItem) -> str:
    """How much an item gives, and how often."""
    if not item.amount_fen:
        return ""
    return money(item.amount_fen) if item.per == "once" else f"{rhythm_word(item.per)} {money(item.amount_fen)}"


@blueprint.get("/my-menu")
@may(Right.OWN_CASE, logs=True)
def my_menu() -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    household = households.my_household(actor)
    record(actor, "household.open", now, object_type="household", object_id=household.id, why="own",
           household_id=household.id, area_code=household.area_code)
    page = render_template("pairings/my_menu.html", household=household, form=SeenForm(),
                           menus=[menu for menu in queries.menus_of(household.id) if menu.state != "replaced"])
    db.session.commit()
    return page


@blueprint.post("/<int:menu_id>/sign-my-menu")
@may(Right.OWN_CASE)
def sign_my_menu(menu_id: int) -> ResponseReturnValue:
    actor, now, form = the_actor(), utc_now(), SeenForm()
    menu = queries.menu_or_404(menu_id, actor)

    def act() -> str:
        menus.sign_menu(menu, form.seen, "account", menu.household.head_name, day_of(now) + REVIEW_AFTER, actor, now)
        flash(_("签好了。我们会照这份方案去办。"))
        return url_for(".my_menu")

    return done(form, act)
