"""Why a plan is as it is, in sentences that a family can read; the engine gives the codes and numbers."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from matching.language import lazy_gettext as _l

GIVEN = _l("%(need)s 得到 %(units)d 份帮助，由 %(offer)s 提供。每份 %(score)d 分：紧急程度 %(urgency_points)d 分，"
           "等待 %(waiting_points)d 分，远近 %(closeness_points)d 分（相距 %(km)s 公里）。")
OTHERS: Mapping[str, LazyString] = {
    "none": _l("没有别的资源可以选。"),
    "lower": _l("其次是 %(other)s，%(other_score)d 分，少 %(difference)d 分。"),
    "equal": _l("%(other)s 也是 %(other_score)d 分。"),
    "higher": _l("%(other)s 有 %(other_score)d 分，多 %(difference)d 分，但给了别人更有用。"),
}
"""The best other offer, compared with the one that was given."""
STILL_OPEN: Mapping[str, LazyString] = {
    "no_offer": _l("%(need)s 还缺 %(units)d 份：现在没有人提供这类帮助。"),
    "out_of_reach": _l("%(need)s 还缺 %(units)d 份：提供这类帮助的都来不到，最近的 %(offer)s 在 %(km)s 公里外。"),
    "condition": _l("%(need)s 还缺 %(units)d 份：附近的都不接受“%(attr)s”，"
                    "最近的是 %(offer)s（%(km)s 公里）。"),
    "taken": _l("%(need)s 还缺 %(units)d 份：附近的都给了更急、等得更久或更近的人家。"
                "紧急程度到 %(level)d 级才轮得到。"),
    "taken_at_any_level": _l("%(need)s 还缺 %(units)d 份：附近的都给了更急、等得更久或更近的人家。"
                             "紧急程度再高也轮不到。"),
}
NEAR_MISSES: Mapping[str, LazyString] = {
    "further": _l("如果 %(offer)s 愿意为 %(need)s 多走 %(more_km)s 公里，就能给 %(alone_units)d 份，"
                  "别人的结对都不变。"),
    "further_others": _l("如果 %(offer)s 多走 %(more_km)s 公里，%(need)s 就能得到 %(units)d 份，"
                         "别人的结对有 %(others)d 对会变。"),
    "accepts": _l("如果 %(offer)s 愿意为 %(need)s 接受“%(attr)s”，就能给 %(alone_units)d 份，别人的结对都不变。"),
    "accepts_others": _l("如果 %(offer)s 也接受“%(attr)s”，%(need)s 就能得到 %(units)d 份，"
                         "别人的结对有 %(others)d 对会变。"),
}
LEFT_OVER: Mapping[str, LazyString] = {
    "no_need": _l("%(offer)s 还剩 %(units)d 份：没有人需要这类帮助。"),
    "out_of_reach": _l("%(offer)s 还剩 %(units)d 份：服务范围内没有人需要，最近的 %(need)s 在 %(km)s 公里外。"),
    "condition": _l("%(offer)s 还剩 %(units)d 份：范围内的需求条件都不合，最近的是 %(need)s（%(km)s 公里）。"),
    "served": _l("%(offer)s 还剩 %(units)d 份：范围内的 %(reached)d 个需求都已经够了。"),
}
WHAT_IF: Mapping[str, LazyString] = {
    "worth": _l("总分 %(weight_before)d → %(weight_after)d（%(difference)s），"
                "份数 %(units_before)d → %(units_after)d。"),
    "asked": _l("按新的分数算：%(asked_before)d → %(asked_after)d（%(asked_difference)s）。"),
    "counts": _l("%(gains)d 个需求多得，%(losses)d 个少得，%(otherwise)d 个份数不变但换了资源。什么也没有保存。"),
    "gains": _l("%(need)s 多得 %(more)d 份：%(units_before)d → %(units_after)d。"),
    "losses": _l("%(need)s 少得 %(less)d 份：%(units_before)d → %(units_after)d。"),
    "otherwise": _l("%(need)s 仍得 %(units_after)d 份，换了资源，分数 %(points_before)d → %(points_after)d。"),
}
"""What would change: in sum, then need by need."""
