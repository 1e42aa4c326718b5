"""Joint meetings, for officers: called on a report, held, decided, followed to the end, printed."""

from __future__ import annotations

import io
from datetime import date

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.audit.service import record
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.formatting import clock, day_iso, listed
from matching.intake import blueprint, queries, service_meetings
from matching.intake import queries_meetings as reads
from matching.intake.forms_meetings import CallForm, CancelForm, DecideForm, DoneForm, HoldForm
from matching.intake.forms_referrals import StepForm
from matching.intake.models_meetings import Meeting
from matching.intake.service import owner_of
from matching.intake.service_meetings import Calling
from matching.printing import pdf
from matching.views import answered, asked_page, done, sent_well, shown, turned
from matching.words_referrals import invitation_word, meeting_state_word
from matching.words_reports import tile_word


@blueprint.get("/intake/list-meetings")
@may(Right.READ_REPORTS)
def list_meetings() -> ResponseReturnValue:
    page = reads.list_meetings(the_actor(), asked_page())
    return render_template("intake/list_meetings.html", rows=page.rows, left=reads.open_decisions(page.rows),
                           ways=turned(".list_meetings", page), number_of=reads.number_of, town_of=reads.town_of)


@blueprint.route("/intake/<int:report_id>/call-meeting", methods=["GET", "POST"])
@may(Right.CALL_MEETINGS)
def call_meeting(report_id: int) -> ResponseReturnValue:
    actor, now, form = the_actor(), utc_now(), CallForm()
    report = queries.report_or_404(report_id, actor)
    choices = reads.choices(report)
    form.organisation_ids.choices = [(number, name) for number, name, _department in choices]

    def act() -> str:
        meeting = service_meetings.call(report, Calling(
            form.held_at(), form.place.data or "", form.facts.data or "", form.organisation_ids.data or []), actor, now)
        flash(_("约好了，已经告诉请的单位。"))
        return url_for(".show_meeting", meeting_id=meeting.id)

    if location := sent_well(form, act):
        return redirect(location)
    return shown("intake/call_meeting.html", form, report=report,
                 departments=[number for number, _name, is_department in choices if is_department],
                 others=[number for number, _name, is_department in choices if not is_department])


@blueprint.get("/intake/<int:meeting_id>/show-meeting")
@may(Right.READ_REPORTS, logs=True)
def show_meeting(meeting_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    meeting = reads.meeting_or_404(meeting_id, actor)
    record(actor, "report.look", now, object_type="meeting", object_id=meeting.id, area_code=meeting.area_code,
           household_id=meeting.report.household_id)
    page = render_template(
        "intake/show_meeting.html", meeting=meeting, number=reads.number_of(meeting), place=reads.place_of(meeting),
        decisions=reads.owned(meeting.decisions, day_of(now)), today=day_of(now), step=StepForm(),
        owner=owner_of(meeting.report).name, may_call=actor.may(Right.CALL_MEETINGS),
        mine={one.id for one in meeting.decisions if service_meetings.may_carry_out(one, actor)},
        is_due=day_of(meeting.held_at) <= day_of(now))
    db.session.commit()
    return page


@blueprint.route("/intake/<int:meeting_id>/hold-meeting", methods=["GET", "POST"])
@may(Right.CALL_MEETINGS)
def hold_meeting(meeting_id: int) -> ResponseReturnValue:
    actor = the_actor()
    meeting = reads.meeting_or_404(meeting_id, actor)
    form = HoldForm(data={"came": [one.organisation_id for one in meeting.invitations if one.state == "coming"]})
    form.came.choices = [(one.organisation_id, one.organisation.name) for one in meeting.invitations]

    def act() -> str:
        service_meetings.hold(meeting, form.came.data or [], form.summary.data or "", actor, utc_now())
        flash(_("记下了。现在把定下的事一件一件写上。"))
        return url_for(".decide_meeting", meeting_id=meeting_id)

    return answered(form, act, "intake/hold_meeting.html", meeting=meeting, number=reads.number_of(meeting))


@blueprint.route("/intake/<int:meeting_id>/decide-meeting", methods=["GET", "POST"])
@may(Right.CALL_MEETINGS)
def decide_meeting(meeting_id: int) -> ResponseReturnValue:
    """One decision more."""
    actor, now, form = the_actor(), utc_now(), DecideForm()
    meeting = reads.meeting_or_404(meeting_id, actor)
    form.owner.choices = reads.owners(meeting)

    def act() -> str:
        service_meetings.decide(meeting, form.words.data or "", form.due_on.data or day_of(now), actor, now,
                                **form.owned_by())
        flash(_("记下了，已经告诉要办的人。"))
        return url_for(".show_meeting", meeting_id=meeting_id)

    return answered(form, act, "intake/decide_meeting.html", meeting=meeting, number=reads.number_of(meeting))


@blueprint.route("/intake/<int:meeting_decision_id>/carry-out-decision", methods=["GET", "POST"])
@may(Right.HANDLE_REPORTS, Right.ANSWER_REFERRALS, logs=True)
def carry_out_decision(meeting_decision_id: int) -> ResponseReturnValue:
    actor, now, form = the_actor(), utc_now(), DoneForm()
    decision = reads.decision_or_404(meeting_decision_id, actor)
    meeting, inside = decision.meeting, actor.may(Right.HANDLE_REPORTS)
    back = url_for(".show_meeting" if inside else ".our_meeting", meeting_id=meeting.id)

    def act() -> str:
        service_meetings.carry_out(decision, form.note.data or "", actor, now)
        flash(_("记下了，这件事办好了。"))
        return back

    record(actor, "report.look", now, object_type="meeting", object_id=meeting.id, area_code=meeting.area_code,
           organisation_id=actor.organisation_id, household_id=meeting.report.household_id)
    answer = answered(form, act, "intake/carry_out_decision.html", row=reads.owned([decision], day_of(now))[0],
                      number=reads.number_of(meeting), back=back, today=day_of(now))
    db.session.commit()
    return answer


@blueprint.post("/intake/<int:meeting_id>/close-meeting")
@may(Right.CALL_MEETINGS)
def close_meeting(meeting_id: int) -> ResponseReturnValue:
    actor = the_actor()
    meeting = reads.meeting_or_404(meeting_id, actor)

    def act() -> str:
        service_meetings.close(meeting, actor, utc_now())
        flash(_("会商定的事都办好了，这次会商办结了。"))
        return url_for(".show_meeting", meeting_id=meeting_id)

    return done(StepForm(), act)


@blueprint.route("/intake/<int:meeting_id>/cancel-meeting", methods=["GET", "POST"])
@may(Right.CALL_MEETINGS)
def cancel_meeting(meeting_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), CancelForm()
    meeting = reads.meeting_or_404(meeting_id, actor)

    def act() -> str:
        service_meetings.cancel(meeting, form.why.data or "", actor, utc_now())
        flash(_("取消了，已经告诉请的单位。"))
        return url_for(".show_meeting", meeting_id=meeting_id)

    return answered(form, act, "intake/cancel_meeting.html", meeting=meeting, number=reads.number_of(meeting))


@blueprint.get("/intake/<int:meeting_id>/minutes-pdf")
@may(Right.READ_REPORTS, logs=True)
def minutes_pdf(meeting_id: int) -> ResponseReturnValue:
    """The minutes, for officers; making them is recorded."""
    actor, now = the_actor(), utc_now()
    meeting = reads.meeting_or_404(meeting_id, actor)
    content = pdf("household", sheet(meeting, day_of(now)))
    record(actor, "report.minutes", now, object_type="meeting", object_id=meeting.id, area_code=meeting.area_code,
           household_id=meeting.report.household_id)
    db.session.commit()
    return send_file(io.BytesIO(content), "application/pdf", as_attachment=True, max_age=0,
                     download_name=_("会商纪要 %(number)s", number=reads.number_of(meeting)) + ".pdf")


def sheet(meeting: Meeting, today: date) -> dict[str, object]:
    """What the printed form is filled with: when and where, who came, what was said, what was decided."""
    report = meeting.report
    came = [[one.organisation.name, invitation_word(one.state), _("来了") if one.has_come else ""]
            for one in meeting.invitations]
    rows = [[one.words, one.owner, day_iso(one.due_on), one.done or (_("办好了") if one.is_done else "")]
            for one in reads.owned(meeting.decisions, today)]
    facts = [(_("时间"), f"{day_iso(meeting.held_at)} {clock(meeting.held_at)}"), (_("在哪里开"), meeting.place),
             (_("召集人"), meeting.called_by_name), (_("办到哪里"), meeting_state_word(meeting.state)),
             (_("这件事谁负责"), owner_of(report).name),
             (_("什么难处"), listed(tile_word(kind) for kind in report.kinds))]
    return {"lang": "en" if str(get_locale()) == "en" else "zh", "title": _("会商纪要"),
            "lead": f"{reads.number_of(meeting)} · {reads.place_of(meeting)}",
            "made": _("%(day)s 打印", day=day_iso(today)),
            "sections": [
                _section(_("会商"), facts=[list(pair) for pair in facts]),
                _section(_("请了谁"), [_("单位"), _("答复"), _("来了没有")], came, [60, 20, 20]),
                _section(_("要商量什么"), lines=_lines(meeting.facts)),
                _section(_("说了些什么"), lines=_lines(meeting.summary)),
                _section(_("定了什么"), [_("什么事"), _("谁来办"), _("哪天之前"), _("办得怎么样")] if rows else [],
                         rows, [40, 22, 14, 24], _lines("" if rows else _("还没有记下定了什么。")))]}


def _section(heading: str, head: list[str] | None = None, rows: list[list[str]] | None = None,
             widths: list[int] | None = None, lines: list[str] | None = None,
             facts: list[list[str]] | None = None) -> dict[str, object]:
    """One part of the printed form, as `matching/typst/household.typ` takes it."""
    return {"heading": heading, "facts": facts or [], "right": [], "head": head or [], "rows": rows or [],
            "widths": widths or [], "lines": lines or []}


def _lines(words: str | None) -> list[str]:
    return [line for line in (words or "").splitlines() if line.strip()]
