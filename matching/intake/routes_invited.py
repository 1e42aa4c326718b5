"""Joint meetings, for an organisation that is invited: when and where, what it is about, and its own decisions."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.audit.service import record
from matching.clock import day_of, utc_now
from matching.errors import NotThere
from matching.extensions import db
from matching.intake import blueprint, service_meetings
from matching.intake import queries_meetings as reads
from matching.intake.forms_referrals import StepForm
from matching.views import asked_page, done, turned


@blueprint.get("/intake/our-meetings")
@may(Right.ANSWER_REFERRALS)
def our_meetings() -> ResponseReturnValue:
    actor = the_actor()
    page = reads.our_meetings(actor, asked_page())
    return render_template("intake/our_meetings.html", rows=page.rows, number_of=reads.number_of,
                           town_of=reads.town_of, mine={row.id: reads.invitation_of(row, actor) for row in page.rows},
                           ways=turned(".our_meetings", page))


@blueprint.get("/intake/<int:meeting_id>/our-meeting")
@may(Right.ANSWER_REFERRALS, logs=True)
def our_meeting(meeting_id: int) -> ResponseReturnValue:
    """No name, the town only; of the decisions those of the own organisation."""
    actor, now = the_actor(), utc_now()
    meeting = reads.our_meeting_or_404(meeting_id, actor)
    own = [one for one in meeting.decisions if one.organisation_id == actor.organisation_id]
    record(actor, "report.look", now, object_type="meeting", object_id=meeting.id, area_code=meeting.area_code,
           organisation_id=actor.organisation_id, household_id=meeting.report.household_id)
    page = render_template("intake/our_meeting.html", meeting=meeting, number=reads.number_of(meeting),
                           town=reads.town_of(meeting), mine=reads.invitation_of(meeting, actor), step=StepForm(),
                           decisions=reads.owned(own, day_of(now)), today=day_of(now))
    db.session.commit()
    return page


@blueprint.post("/intake/<int:meeting_id>/answer-meeting")
@may(Right.ANSWER_REFERRALS)
def answer_meeting(meeting_id: int) -> ResponseReturnValue:
    actor = the_actor()
    meeting = reads.our_meeting_or_404(meeting_id, actor)
    invitation = reads.invitation_of(meeting, actor)
    if invitation is None:
        raise NotThere
    comes = request.form.get("comes") == "1"

    def act() -> str:
        service_meetings.respond(invitation, meeting, "coming" if comes else "declined", actor, utc_now())
        flash(_("答复了：会来。") if comes else _("答复了：来不了。"))
        return url_for(".our_meeting", meeting_id=meeting_id)

    return done(StepForm(), act)
