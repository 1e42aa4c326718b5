"""One referral for officers: what was asked, what came back, who stays responsible; looking is recorded."""

from __future__ import annotations

from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.clock import utc_now
from matching.extensions import db
from tests.days import today
from tests.intake.referring import referral_for


def test_it_says_what_was_asked_until_when_and_who_is_responsible(client_of, people):
    referral = referral_for(people, answer_due_on=today(-1))
    page = client_of("county").page(f"/intake/{referral.id}/show-referral")
    assert page.headings[0] == (1, "等青禾医保局答复")
    for words in (referral.question, "community 的姓名", "超期 1 天", "还没有问", "已经告诉上一级"):
        assert words in page.text
    assert "13900005678" not in page.text
    looked = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "report.look")).one()
    assert (looked.actor_id, looked.object_id) == (people.county.user_id, referral.id)


def test_the_answer_and_what_was_done_stand_there(client_of, people):
    now = utc_now()
    referral = referral_for(people, state="answered", answered_at=now, answered_by_name="局里的人", answer="我们来报",
                            act_by_on=today(), done_at=now, done_by_name="局里的人", did="报了四千元，打到卡上")
    page = client_of("community").page(f"/intake/{referral.id}/show-referral")
    for words in ("青禾医保局办过了", "我们来报", "报了四千元，打到卡上", "看过了"):
        assert words in page.text


def test_a_refusal_leads_to_another_organisation(client_of, people):
    referral = referral_for(people, state="refused", reason="not_ours", answer="要找残联", answered_at=utc_now())
    page = client_of("community").page(f"/intake/{referral.id}/show-referral")
    assert "不归我们管" in page.text
    assert any(href.endswith("/refer-report?help_type=medical") for href, _ in page.links)


def test_who_only_watches_can_change_nothing(client_of, people):
    referral = referral_for(people)
    assert client_of("auditor").page(f"/intake/{referral.id}/show-referral").forms == [] or all(
        "referral" not in form.action for form in client_of("auditor").page(
            f"/intake/{referral.id}/show-referral").forms)
