"""Every part in every state, in the three frames and both languages: sound HTML, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, flash, render_template_string
from wtforms import (
    BooleanField,
    DecimalField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from matching.actor import Role
from matching.forms import CreatingForm, required
from matching.navigation import NavItem
from matching.offers.models import HELP_TYPES
from matching.pairings.models import STATES
from tests import html

pytestmark = pytest.mark.one_database
SHEET = (Path(__file__).parent / "pieces.html").read_text("utf-8")
TODAY = date(2026, 11, 23)
MENU = tuple(NavItem(label, f"/{icon}", icon, icon == "file", count) for label, icon, count in (
    ("待办", "todo", 8), ("家庭", "file", None), ("结对", "pair", 1042), ("需求", "ask", None), ("资源", "box", None),
    ("机构", "org", None), ("查看记录", "eye", None)))
PARTS = [{"name": "有多急", "this": "4 级，紧急", "how": "每级 100 分", "points": 400},
         {"name": "等了多久", "this": "63 天", "how": "每天 1 分，最多 300", "points": 63},
         {"name": "有多近", "this": "14.2 公里", "how": "200 分起，每 150 米少 1 分", "points": 106}]


def _choices(**labels: str) -> list[SelectChoice]:
    return [SelectChoice(code, label) for code, label in labels.items()]


class OfferForm(CreatingForm):
    """One field of each kind."""

    title = StringField("这份活叫什么", validators=[required()])
    pay = DecimalField("每件工钱", validators=[required()])
    kind = SelectField("类型", choices=_choices(job="就业", care="照料"), validators=[required()])
    text = TextAreaField("说明")
    where = RadioField("在哪里做", choices=_choices(home="在家做", site="到工坊来做"), validators=[required()])
    who = SelectMultipleField("什么样的人能做", choices=_choices(tied="走不开的", old="60 岁以上"),
                              option_widget=CheckboxInput(), widget=ListWidget())
    agree = BooleanField("我看过，属实", validators=[required()])


def _row(number: int, **changes: Any) -> SimpleNamespace:
    plain = {"id": number, "need": f"周国平家{number}", "need_url": f"/needs/{number}", "place": "坪头村",
             "type": "care", "urgency": 5, "detail": "助浴，每周 2 次", "offer": "县医院护理队",
             "offer_url": "/offers/1", "offer_detail": "每周剩 6 次", "distance_m": 14100, "score": 647,
             "url": f"/pairings/{number}", "state": "proposed", "ticked": False, "line_text": None}
    return SimpleNamespace(**{**plain, **changes})


def _values(form: OfferForm) -> dict[str, Any]:
    half = {"title": "邓春花家", "url": "/needs/1", "type": "job", "about": "1 个人", "urgency": 4,
            "text": "等了 63 天。"}
    card = {"type": "job", "title": "在家能做的活", "place": "南山镇", "distance_m": 14100, "waited_days": 41,
            "detail": "要照看家人", "urgency": 3, "number": "N-0437", "url": "/needs/437", "verb": "这个我们来"}
    return {
        "form": form, "states": ("open", *STATES), "types": HELP_TYPES, "today": TODAY,
        "yesterday": TODAY - timedelta(1), "next_week": TODAY + timedelta(4),
        "rows": [_row(1, ticked=True), _row(2, urgency=2, distance_m=4900), _row(3, distance_m=None, need_url=None)],
        "need": half, "offer": {**half, "title": "恒光电子手工坊", "urgency": None}, "parts": PARTS,
        "bare": [_row(4, state="closed"), _row(5, state="open", offer="", offer_url=None, distance_m=None),
                 _row(6, state="failed")],
        "cards": [card, {**card, "distance_m": None, "waited_days": 0, "detail": "", "url": None}]}


Show = Callable[..., html.Page]


@pytest.fixture
def show(app: Flask) -> Show:
    """Renders the sheet of parts; every rendering is checked as a whole page."""
    def render(shell: str = "officer", language: str = "zh_Hans", *, sent: bool = False, menu: int = 7) -> html.Page:
        with app.test_request_context("/pieces", headers={"Cookie": f"language={language}"}):
            app.preprocess_request()
            form = OfferForm(meta={"csrf": False})
            if sent:
                assert not form.validate()
            flash("已批准 17 条结对。")
            flash({"text": "已退回 3 条建议。", "undo_url": "/undo", "undo_label": "撤回"})  # type: ignore[arg-type]
            person = SimpleNamespace(name="韦志明", role=Role.COUNTY)
            body = render_template_string(SHEET, shell=shell, nav=MENU[:menu], actor=person, **_values(form))
        assert html.faults(body) == []
        return html.read(body)

    return render


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize("language", ["zh_Hans", "en"])
@pytest.mark.parametrize("shell", ["officer", "public", "hand"])
@pytest.mark.slow
def test_every_part_is_sound_in_every_frame(show: Show, shell: str, language: str, sent: bool) -> None:
    assert show(shell, language, sent=sent).title.startswith("零件 · ")


def test_each_form_that_changes_something_carries_a_token_and_one_key(show: Show) -> None:
    posts = [form for form in show().forms if form.method == "post"]
    assert len(posts) >= 7
    assert all(form.values["csrf_token"] for form in posts)
    creating = next(form for form in posts if form.action == "/offer")
    assert len(creating.values["submission_key"]) >= 24


def test_faults_stand_at_the_top_and_above_their_control(show: Show) -> None:
    assert "要改" not in show().text
    page = show(sent=True)
    assert (2, "有 5 处要改") in page.headings
    links = dict(page.links)
    for target in ("#title", "#pay", "#where-0", "#agree"):
        assert target in links
        assert target[1:] in page.ids
    assert ("aria-describedby", "pay-fault") in page.refers


def test_optional_fields_say_so_and_required_ones_do_not(show: Show) -> None:
    assert show().text.count("可以不填") == 1
    assert show().text.count("可以不选") == 1


def test_a_long_menu_keeps_its_tail_under_more_on_phones(show: Show) -> None:
    assert "更多" in show(menu=7).text
    assert "更多" not in show(menu=5).text


def test_a_score_is_shown_with_its_parts(show: Show) -> None:
    text = show().text
    assert "得分 569，满分 1,000" in text
    for part in PARTS:
        assert str(part["how"]) in text


def test_a_need_card_never_says_more_than_about_how_far(show: Show) -> None:
    text = show("public").text
    assert "约 14 公里" in text
    assert "N-0437" in text


def test_a_row_without_an_address_is_no_link(show: Show) -> None:
    assert "/needs/3" not in dict(show().links)
