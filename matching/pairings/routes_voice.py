"""What households say of their help, each in its way: signed in, with a code on the simple page, to an officer; and
what they are not content with, which a person answers.
"""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, public, the_actor
from matching.actor import Right
from matching.audit.service import record
from matching.clock import day_of, utc_now
from matching.errors import Invalid
from matching.extensions import db, reading
from matching.intake import service_cases, service_limits
from matching.intake.service_codes import digits, written_code
from matching.once import once
from matching.pairings import queries
from matching.pairings import queries_cards as cards
from matching.pairings import queries_followups as reads
from matching.pairings import service_voice as voice
from matching.pairings.forms_ledger import AnswerForm, ComplainForm, SayForm, VoiceForm, WordForm
from matching.pairings.routes import blueprint
from matching.views import answered, asked_page, done, sent_well, shown, turned
from matching.words_ledger import HELPED, SCORES, complaint_kind_word

blueprint.add_app_template_filter(complaint_kind_word)
OPEN_SECONDS = 30 * 60
"""So long a browser that has shown its code need not show it again."""


@blueprint.route("/<int:pairing_id>/say-word", methods=["GET", "POST"])
@may(Right.OWN_CASE)
def say_word(pairing_id: int) -> ResponseReturnValue:
    actor, now, form = the_actor(), utc_now(), SayForm()
    pairing = queries.my_pairing_or_404(pairing_id, actor)
    if (said := _said(form, "account")) is None:
        word = voice.word_of(pairing.id)
        return render_template("pairings/say_word.html", pairing=pairing, form=form, helped=_helped(form), word=word,
                               title=cards.summary_of(pairing.need), may_say=pairing.state in voice.ASKED_OF,
                               choices=HELPED, scores=SCORES)

    def act() -> str:
        _thank(voice.say(voice.asked(pairing, now), said, actor, now) is not None)
        return url_for("pairings.my_case")

    return done(form, act)


@blueprint.route("/<int:pairing_id>/complain", methods=["GET", "POST"])
@may(Right.OWN_CASE)
def complain(pairing_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), ComplainForm()
    pairing = queries.my_pairing_or_404(pairing_id, actor)

    def act() -> str:
        voice.complain(pairing, "objection", form.words.data or "", actor, utc_now())
        flash(_("记下了。会有人来答复您。"))
        return url_for("pairings.complain", pairing_id=pairing_id)

    return answered(form, act, "pairings/complain.html", pairing=pairing, title=cards.summary_of(pairing.need),
                    said=reads.complaints_of(pairing.household_id, pairing.id))


@blueprint.route("/keypad", methods=["GET", "POST"])
@public
def keypad() -> ResponseReturnValue:
    """As simple as the keys of a telephone: one question a screen, a key for each answer, no account."""
    now, form = utc_now(), SayForm()
    with reading():
        household_id = _opened(now)
    if household_id is None:
        return _asked_for_code(now)
    words = voice.waiting(household_id)
    word = next((one for one in words if str(one.pairing_id) == (form.about.data or "")), None)
    said = _said(form, "keypad")
    if said is not None:
        if word is not None:
            def act() -> str:
                _thank(voice.say(word, said, None, now) is not None)
                return url_for("pairings.keypad")
            once(f"{form.key} {household_id}", None, now, act)
            db.session.commit()
        return redirect(url_for("pairings.keypad"), code=303)
    return _question(form, household_id, words)


@blueprint.post("/leave-keypad")
@public
def leave_keypad() -> ResponseReturnValue:
    """Close the answers in this browser, for whoever lent somebody a telephone."""
    for name in ("voice", "case"):
        session.pop(name, None)
    return redirect(url_for("pairings.keypad"), code=303)


@blueprint.route("/<int:pairing_id>/record-word", methods=["GET", "POST"])
@may(Right.PAIR, logs=True)
def record_word(pairing_id: int) -> ResponseReturnValue:
    """An officer writes down what the household said, or hands out the code with which it says so itself (recorded)."""
    actor, now, form = the_actor(), utc_now(), WordForm()
    pairing = queries.pairing_or_404(pairing_id, actor)

    def act() -> str:
        said = voice.Answer(form.helped.data, form.score.data, form.how.data, form.note.data or "")
        voice.say(voice.asked(pairing, now), said, actor, now)
        flash(_("记下了家里说的话。"))
        return url_for("pairings.show_line", need_id=pairing.need_id)

    if (led := sent_well(form, act)) is not None:
        return redirect(led)
    word = voice.word_of(pairing.id)
    code = written_code(word.code or "") if word is not None and word.answered_at is None else ""
    if code:
        record(actor, "voice.hand_out", now, object_type="pairing", object_id=pairing.id,
               household_id=pairing.household_id, area_code=pairing.area_code)
        db.session.commit()
    return shown("pairings/record_word.html", form, pairing=pairing, card=cards.whole_card(pairing, day_of(now)),
                 word=word, code=code)


@blueprint.get("/list-complaints")
@may(Right.READ_PAIRINGS)
def list_complaints() -> ResponseReturnValue:
    actor, is_done = the_actor(), request.args.get("done") == "1"
    page = reads.complaints(actor, is_done, asked_page())
    return render_template("pairings/list_complaints.html", rows=page.rows, is_done=is_done, today=day_of(utc_now()),
                           may_pair=actor.may(Right.PAIR),
                           places=reads.places_of([row.area_code for row in page.rows]),
                           ways=turned("pairings.list_complaints", page, done="1" if is_done else ""))


@blueprint.route("/<int:complaint_id>/answer-complaint", methods=["GET", "POST"])
@may(Right.PAIR, logs=True)
def answer_complaint(complaint_id: int) -> ResponseReturnValue:
    actor, now, form = the_actor(), utc_now(), AnswerForm()
    complaint = reads.complaint_or_404(complaint_id, actor)

    def act() -> str:
        voice.answer(complaint, form.answer.data or "", actor, now)
        flash(_("记下了，家里能看到。"))
        return url_for("pairings.list_complaints")

    if (led := sent_well(form, act)) is not None:
        return redirect(led)
    pairing = complaint.pairing
    page = shown("pairings/answer_complaint.html", form, complaint=complaint, pairing=pairing, today=day_of(now),
                 title=cards.summary_of(pairing.need), contact=cards.contact(pairing.household))
    record(actor, "household.contact", now, object_type="pairing", object_id=pairing.id, why="contact",
           household_id=complaint.household_id, area_code=complaint.area_code)
    db.session.commit()
    return page


def _helped(form: SayForm) -> str:
    """The first answer, once it was given."""
    written = str(form.helped.data or "")
    return written if written in HELPED else ""


def _said(form: SayForm, how: str) -> voice.Answer | None:
    """What was said, once both questions are answered."""
    score = str(form.score.data or "")
    if not form.validate_on_submit() or not _helped(form) or score not in map(str, SCORES):
        return None
    return voice.Answer(_helped(form), int(score), how)


def _thank(is_unhappy: bool) -> None:
    flash(_("记下了。会有人来问您是怎么回事。") if is_unhappy else _("记下了，谢谢您。"))


def _opened(now: datetime) -> int | None:
    """The household whose code this browser has shown lately, here or on the page of its case."""
    try:
        household_id, at = session.get("voice") or (0, 0)
        report_id, is_full, since = session.get("case") or (0, False, 0)
    except ValueError:
        return None
    if household_id and 0 <= now.timestamp() - at < OPEN_SECONDS:
        return int(household_id)
    if is_full and 0 <= now.timestamp() - since < OPEN_SECONDS:
        return voice.household_of_report(report_id)
    return None


def _question(form: SayForm, household_id: int, words: voice.Words) -> ResponseReturnValue:
    word = words[0] if words else None
    return render_template(
        "pairings/keypad.html", code=None, form=form, word=word, helped=_helped(form) if word else "", choices=HELPED,
        title=cards.summary_of(word.pairing.need) if word else "", scores=SCORES, left=len(words),
        said=[] if word else reads.complaints_of(household_id))


def _asked_for_code(now: datetime) -> ResponseReturnValue:
    """The page that asks for the code; guarded as the page of a case is."""
    form, address = VoiceForm(), request.remote_addr or ""
    with reading():
        asks_sum = service_cases.asks_sum(address, now)
    if form.validate_on_submit() and (not asks_sum or service_cases.has_answered(form, now)):
        try:
            household_id = voice.open_voice(form.code.data or "", digits(form.last_four.data), address, now)
            db.session.commit()
            if household_id is not None:
                session["voice"] = [household_id, int(now.timestamp())]
                return redirect(url_for("pairings.keypad"), code=303)
            form.take_fault(Invalid(_("没有找到。请对一对凭码和电话后四位。"), "code"))
        except Invalid as fault:
            form.take_fault(fault)
    question = service_limits.put_question(form) if asks_sum else None
    return shown("pairings/keypad.html", form, code=form, question=question)
