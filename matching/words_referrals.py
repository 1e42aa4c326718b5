"""The words of referrals and joint meetings."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from matching.language import lazy_gettext as _l

__all__ = ["FILTERS", "INVITATIONS", "MEETINGS", "REASONS", "STATES", "invitation_word", "meeting_state_tag",
           "meeting_state_word", "referral_reason_word", "referral_state_tag", "referral_state_word"]

STATES: Mapping[str, LazyString] = {
    "waiting": _l("等答复"), "accepted": _l("接下了，在办"), "refused": _l("没有接"), "answered": _l("办过了，有回音"),
    "withdrawn": _l("撤回了"),
}
TAGS: Mapping[str, str] = {"waiting": "open", "accepted": "wait", "refused": "", "answered": "done", "withdrawn": ""}
REASONS: Mapping[str, LazyString] = {
    "not_ours": _l("不归我们管"), "no_capacity": _l("现在没有名额或者人手"), "not_eligible": _l("不符合我们的条件"),
    "unclear": _l("情况没有说清楚，要补充"), "no_contact": _l("联系不上本人"), "other": _l("别的原因"),
}

MEETINGS: Mapping[str, LazyString] = {
    "called": _l("约好了"), "held": _l("开过了，在落实"), "closed": _l("都落实了"), "cancelled": _l("取消了"),
}
MEETING_TAGS: Mapping[str, str] = {"called": "wait", "held": "open", "closed": "done", "cancelled": ""}
INVITATIONS: Mapping[str, LazyString] = {
    "waiting": _l("还没有答复"), "coming": _l("来"), "declined": _l("来不了"),
}


def meeting_state_word(state: str) -> str:
    """Where a meeting stands."""
    return str(MEETINGS.get(state, state))


def meeting_state_tag(state: str) -> str:
    """The kind of tag of a meeting's state."""
    return MEETING_TAGS.get(state, "")


def invitation_word(state: str) -> str:
    """Whether an organisation comes."""
    return str(INVITATIONS.get(state, state))


def referral_state_word(state: str) -> str:
    """Where a referral stands."""
    return str(STATES.get(state, state))


def referral_state_tag(state: str) -> str:
    """The kind of tag of a referral's state."""
    return TAGS.get(state, "")


def referral_reason_word(reason: str) -> str:
    """Why an organisation said no."""
    return str(REASONS.get(reason, reason))


FILTERS = (invitation_word, meeting_state_tag, meeting_state_word, referral_reason_word, referral_state_tag,
           referral_state_word)
