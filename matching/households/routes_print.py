"""One household, one form, as PDF (一户一表): the words of the file's page, set out for paper."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Actor, Right
from matching.audit import service as audit
from matching.clock import day_of, utc_now
from matching.extensions import written_apart
from matching.formatting import amount, day_iso, listed, moment, money, number
from matching.households import blueprint, queries, queries_file, queries_papers, queries_timeline
from matching.households import service_files as files
from matching.households.forms_choices import field_word, file_word, masked_word, value_word, words_of
from matching.households.models import Household, Member
from matching.printing import pdf
from matching.words import (
    category_word,
    help_type_word,
    household_status_word,
    role_word,
    state_word,
    urgency_word,
)

Section = dict[str, Any]


@blueprint.get("/<int:household_id>/household-pdf")
@may(Right.READ_HOUSEHOLDS, logs=True, apart=True)
def household_pdf(household_id: int) -> ResponseReturnValue:
    """Numbers stand in full only while the actor has the file disclosed; making it is recorded."""
    actor, now = the_actor(), utc_now()
    household = queries.household_or_404(household_id, actor)
    disclosure = audit.active_disclosure(actor, household.id, now)
    if disclosure is None and files.must_state_why(household.id, actor, now):
        return redirect(url_for(".open_household", household_id=household.id))
    content = pdf("household", sheet(household, actor, now, opened=disclosure is not None))
    with written_apart():
        files.record_print(household, actor, now, disclosure.why if disclosure else "check")
    return send_file(io.BytesIO(content), "application/pdf", as_attachment=True, max_age=0,
                     download_name=_("一户一表 %(number)s", number=household.number) + ".pdf")


def sheet(household: Household, actor: Actor, now: datetime, *, opened: bool) -> dict[str, Any]:
    """What the form `household` is filled with: finished words, hidden values masked unless `opened`."""
    story = queries_file.story_of(household.id)
    sections = [_basics(household, opened=opened), _people(household, now, opened=opened), _income(household),
                _life(household, now, opened=opened), _needs(household, now, story), _aid(story), _checks(story),
                _papers(household), _events(household)]
    return {
        "lang": "en" if str(get_locale()) == "en" else "zh",
        "title": _("%(name)s家 一户一表", name=household.head_name),
        "lead": _("户号 %(number)s · %(place)s · %(status)s", number=household.number,
                  place=queries.place_of(household), status=household_status_word(household.status)),
        "made": _("%(who)s（%(role)s）%(day)s 做的", who=actor.name, role=role_word(actor.role), day=day_iso(now))
        + ("" if opened else " · " + _("号码、住址和病情没有全部显示")),
        "sections": [section for section in sections if section["facts"] or section["rows"] or section["lines"]]}


def _section(heading: str, facts: Iterable[tuple[str, str]] = (), columns: tuple[tuple[str, int], ...] = (),
             rows: Iterable[list[str]] = (), right: tuple[int, ...] = (), lines: Iterable[str] = ()) -> Section:
    """One part of the form; facts without a value are left out, a table without rows too."""
    filled = list(rows)
    return {"heading": heading, "facts": [[term, value] for term, value in facts if value], "right": list(right),
            "head": [word for word, _width in columns] if filled else [], "rows": filled,
            "widths": [width for _word, width in columns], "lines": [line for line in lines if line]}


def _told(row: Household | Member, name: str, opened: bool) -> str:
    value = getattr(row, name)
    return str(value or "") if opened else masked_word(value, name)


def _basics(household: Household, *, opened: bool) -> Section:
    facts = [(field_word("category"), category_word(household.category))]
    facts += [(field_word(name), value_word(getattr(household, name), name))
              for name in ("cause", "residence", "housing", "support")]
    facts += [(field_word(name), _told(household, name, opened)) for name in ("phone", "address", "bank_account")]
    facts.append((field_word("registered_on"), day_iso(household.registered_on) if household.registered_on else ""))
    facts.append((field_word("note"), _told(household, "note", opened)))
    return _section(_("基本情况"), facts)


def _people(household: Household, now: datetime, *, opened: bool) -> Section:
    ages = queries_file.life_of(household, day_of(now)).ages
    rows = [[member.name, file_word(member.relation, "relation"), str(ages[member.id] or ""),
             file_word(member.sex, "sex"), _told(member, "identity_number", opened),
             listed(filter(None, (file_word(member.school_stage, "school_stage"),
                                  file_word(member.employment, "employment")))),
             file_word(member.work_ability, "work_ability")] for member in household.members]
    return _section(_("家里人"), columns=(
        (_("姓名"), 12), (_("关系"), 9), (_("年龄"), 6), (_("性别"), 6), (_("身份证号"), 22), (_("做什么"), 16),
        (_("劳动能力"), 14)), rows=rows, right=(2,))


def _income(household: Household) -> Section:
    income = queries_file.income_of(household.members)
    rows = [[member.name, _("不清楚") if member.monthly_income_fen is None else money(member.monthly_income_fen)]
            for member in household.members]
    unknown = _("收入不清楚的：%(names)s，按 0 算。", names=listed(income.unknown)) if income.unknown else ""
    return _section(_("收入"), [
        (_("全家每月"), money(income.total_fen)), (_("人数"), number(income.people)),
        (_("每人每月"), money(income.per_head_fen)), (_("每人每年"), money(income.per_head_year_fen))],
        ((_("姓名"), 1), (_("每月收入"), 1)), rows, (1,), [unknown])


def _life(household: Household, now: datetime, *, opened: bool) -> Section:
    life = queries_file.life_of(household, day_of(now))

    def each(people: list[Member], say: Any) -> str:
        return listed(_("%(name)s（%(said)s）", name=member.name, said=said) if (said := say(member)) else member.name
                      for member in people)

    return _section(_("身体、上学和劳动"), [
        (_("生病"), each(life.ill, lambda m: listed(filter(None, (
            file_word(m.health, "health"), _told(m, "illness", opened)))))),
        (_("残疾"), each(life.disabled, lambda m: listed(filter(None, (
            file_word(m.disability_kind, "disability_kind"),
            _("%(grade)s 级", grade=m.disability_grade) if m.disability_grade else ""))))),
        (_("在读"), each(life.at_school, lambda m: file_word(m.school_stage, "school_stage"))),
        (_("劳动受限"), each(life.unable, lambda m: file_word(m.work_ability, "work_ability"))),
        (_("在领的政策"), each(life.receiving, lambda m: words_of(m.policies, "policy")))])


def _needs(household: Household, now: datetime, story: queries_file.Story) -> Section:
    rows = []
    for need in queries.need_rows(household, day_of(now)):
        helping = story.helpers.get(need.id, [])
        rows.append([help_type_word(need.help_type), need.summary, amount(need.quantity, need.unit),
                     urgency_word(need.urgency), listed(helper.organisation for helper in helping),
                     state_word(helping[0].state if helping and not need.is_open else need.state)])
    return _section(_("需求和结对"), columns=((_("帮助"), 10), (_("要什么"), 26), (_("多少"), 10), (_("急不急"), 8),
                                          (_("谁在帮"), 20), (_("到哪一步"), 14)), rows=rows)


def _aid(story: queries_file.Story) -> Section:
    rows = [[day_iso(aid.at), help_type_word(aid.help_type), aid.organisation,
             amount(aid.quantity, aid.unit), state_word(aid.state)] for aid in story.aid]
    total = _("资金一共 %(sum)s 元。", sum=number(story.money)) if story.money else ""
    return _section(_("收到的帮助"), columns=((_("哪天到"), 12), (_("帮助"), 12), (_("谁给的"), 30), (_("多少"), 14),
                                           (_("到哪一步"), 14)), rows=rows, right=(3,), lines=[total])


def _checks(story: queries_file.Story) -> Section:
    rows = [[household_status_word(check.step), day_iso(check.at), check.actor_name,
             role_word(check.actor_role)] for check in story.checks]
    return _section(_("核实和走访"), columns=((_("做了什么"), 20), (_("哪天"), 14), (_("谁"), 20), (_("身份"), 20)),
                    rows=rows)


def _papers(household: Household) -> Section:
    rows = [[file_word(paper.kind, "paper"), day_iso(paper.added_at),
             _("本户自己传的") if paper.from_household else paper.added_by_name]
            for paper in queries_papers.papers_of(household.id) if paper.removed_at is None]
    return _section(_("材料"), columns=((_("是什么"), 20), (_("哪天收的"), 14), (_("谁收的"), 20)), rows=rows)


def _events(household: Household) -> Section:
    events, _more = queries_timeline.timeline(household.id, None)
    return _section(_("经过"), columns=((_("时间"), 20), (_("什么事"), 30), (_("说明"), 46)),
                    rows=[[moment(event.at), event.title, event.detail] for event in events])
