"""How values look to a reader, in both languages: money, distances, dates, counts, masks, assets.

The rules are those of look.md, "Numbers, dates, money". The words for codes stand in `matching.words`.
Every function is pure but for the reader's language; `register` makes them filters of the same name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from time import monotonic

from babel.dates import format_date
from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from matching import words, words_referrals, words_registers, words_reports, words_steps, words_units
from matching.clock import SHANGHAI, day_of, utc_now
from matching.keyset import Count
from matching.language import ENGLISH, reader_language

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
PATTERNS = {
    "zh": {"day": "M 月 d 日 EEEE", "short": "M 月 d 日", "due": "M 月 d 日 EEE", "year": "y 年 {}"},
    "en": {"day": "EEE d MMM", "short": "d MMM", "due": "EEE d MMM", "year": "{} y"},
}


def english() -> bool:
    """Whether the reader has chosen English."""
    return reader_language() == ENGLISH


def number(value: int) -> str:
    """A whole number with its thousands apart: 23,318."""
    return f"{value:,}"


def _yuan(fen: int) -> str:
    sign, rest = "-" if fen < 0 else "", abs(fen) % FEN_PER_YUAN
    return f"{sign}{abs(fen) // FEN_PER_YUAN:,}" + (f".{rest:02}" if rest else "")


def money(fen: int) -> str:
    """Money in a sentence, from whole fen: 40,200 元, English ¥40,200; fen only where there are some."""
    return _("%(figure)s 元", figure=_yuan(fen))


def money_plain(fen: int) -> str:
    """Money in a column headed 元, from whole fen, always with two decimals: 1,969,980.00."""
    return f"{Decimal(fen) / FEN_PER_YUAN:,.2f}"


def money_wan(fen: int) -> str:
    """A headline figure, from whole fen: 197.00 万元; English has no 万 and shows whole yuan."""
    if english():
        return money(int((Decimal(fen) / FEN_PER_YUAN).quantize(Decimal(1), ROUND_HALF_UP)) * FEN_PER_YUAN)
    figure = (Decimal(fen) / FEN_PER_WAN).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return _("%(figure)s 万元", figure=f"{figure:,}")


def _kilometres(metres: float) -> str:
    kilometres = Decimal(str(metres)) / 1000
    step = Decimal(1) if kilometres >= 100 else Decimal("0.1")
    return f"{kilometres.quantize(step, ROUND_HALF_UP):,}"


def distance(metres: float | None) -> str:
    """A distance from metres: 14.2 公里; None (a place is not known exactly) says so."""
    if metres is None:
        return _("距离不详")
    return _("%(km)s 公里", km=_kilometres(metres))


def distance_about(metres: float | None) -> str:
    """A distance to somebody whose place is not yet yours to know, in whole kilometres: 约 11 公里."""
    if metres is None:
        return _("距离不详")
    if metres < 1000:
        return _("不到 1 公里")
    whole = int((Decimal(str(metres)) / 1000).quantize(Decimal(1), ROUND_HALF_UP))
    return _("约 %(km)s 公里", km=f"{whole:,}")


def shanghai_day(value: date | datetime) -> date:
    """The calendar day in Asia/Shanghai of an instant; a date stays itself."""
    return day_of(value) if isinstance(value, datetime) else value


def _dated(value: date | datetime, pattern: str, today: date | None) -> str:
    on, now = shanghai_day(value), today or day_of(utc_now())
    patterns = PATTERNS["en" if english() else "zh"]
    shape = patterns[pattern] if on.year == now.year else patterns["year"].format(patterns[pattern])
    return format_date(on, shape, locale="en" if english() else "zh_Hans")


def day(value: date | datetime, today: date | None = None) -> str:
    """A day with its weekday: 11 月 23 日 星期一, English Mon 23 Nov; with the year if not this one."""
    return _dated(value, "day", today)


def day_short(value: date | datetime, today: date | None = None) -> str:
    """A day without its weekday: 11 月 23 日, English 23 Nov."""
    return _dated(value, "short", today)


def day_iso(value: date | datetime) -> str:
    """A day as forms and files write it: 2026-11-23."""
    return shanghai_day(value).isoformat()


def clock(instant: datetime) -> str:
    """The time of day in Asia/Shanghai: 17:30."""
    return instant.astimezone(SHANGHAI).strftime("%H:%M")


def moment(instant: datetime, now: datetime | None = None) -> str:
    """An instant as people say it: 今天 08:12, 昨天 19:40, 11 月 20 日 08:12."""
    today, time = day_of(now or utc_now()), clock(instant)
    ago = (today - day_of(instant)).days
    if ago == 0:
        return _("今天 %(time)s", time=time)
    if ago == 1:
        return _("昨天 %(time)s", time=time)
    return f"{day_short(instant, today)} {time}"


@dataclass(frozen=True, slots=True)
class Due:
    """Until when something is to be done: words, and the kind of tag they stand in (empty: plain words)."""

    text: str
    kind: str = ""


def due(on: date, today: date) -> Due:
    """Until-date as a to-do row shows it: late says by how much, today is open, else the day."""
    left = (on - today).days
    if left < 0:
        return Due(ngettext("超期 %(n)s 天", "超期 %(n)s 天", -left, n=number(-left)), "late")
    if left == 0:
        return Due(_("今天"), "open")
    if left == 1:
        return Due(_("明天"))
    return Due(_dated(on, "due", today))


def waited(days: int) -> str:
    """How long a need has been waiting: 等了 63 天."""
    if days <= 0:
        return _("今天报来")
    return ngettext("等了 %(n)s 天", "等了 %(n)s 天", days, n=number(days))


def percent(ratio: float) -> str:
    """A share between 0 and 1 with one decimal: 64.0%."""
    return f"{(Decimal(str(ratio)) * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def percents(parts: Sequence[int]) -> list[str]:
    """The shares of parts that are 0 or more, one decimal each, that sum to 100.0% (largest remainders)."""
    total = sum(parts)
    if total <= 0:
        return [percent(0) for _part in parts]
    tenths = [part * 1000 // total for part in parts]
    order = sorted(range(len(parts)), key=lambda index: (-(parts[index] * 1000 % total), index))
    for index in order[:1000 - sum(tenths)]:
        tenths[index] += 1
    return [percent(tenth / 1000) for tenth in tenths]


def counted(value: int, unit: str) -> str:
    """A count with its unit: 937 户; `unit` is a key of `words.COUNTED`; ValueError for another."""
    return words.counted(value, unit, number(value))


def amount(value: int, unit: str | None) -> str:
    """A quantity with the unit in which it was written: 30 次; without a unit the number alone."""
    return f"{number(value)} {words_units.unit_word(unit, value)}".strip()


def counted_to_cap(value: Count, unit: str) -> str:
    """A count of `keyset.count_to_cap` with its unit: 937 户; beyond what was counted 1,000+ 户."""
    return words.counted(value, unit, f"{number(value)}+" if value.more else number(value))


def listed(things: Iterable[str]) -> str:
    """Several things in a row: 小学，初中, English Primary school, Junior school."""
    return (", " if english() else "，").join(str(thing) for thing in things)


def _mask(text: str | None) -> str:
    shown = "" if text is None else text.strip()
    if not shown:
        return ""
    return "****" + (shown[-4:] if len(shown) > 8 else "")


def mask_identity(text: str | None) -> str:
    """An identity number with the last four at most: ****2046; empty stays empty."""
    return _mask(text)


def mask_phone(text: str | None) -> str:
    """A telephone number with the last four at most; one of eight characters or fewer shows none."""
    return _mask(text)


def mask_account(text: str | None) -> str:
    """A bank account with the last four at most."""
    return _mask(text)


@lru_cache(maxsize=200)
def _digest(path: Path, _changed_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


_assets: dict[tuple[str | None, str, str], tuple[float, str]] = {}
FRESH_S = 1.0
"""For so long an asset's address is not worked out anew."""


def asset(name: str) -> str:
    """The address of a file under static/ with a short hash of its content, so that browsers may keep it."""
    key = current_app.static_folder, request.script_root if has_request_context() else "", name
    until, address = _assets.get(key, (0.0, ""))
    if until < monotonic():
        path = Path(current_app.static_folder or "") / name
        address = url_for("static", filename=name, v=_digest(path, path.stat().st_mtime_ns))
        _assets[key] = monotonic() + FRESH_S, address
    return address


def script(name: str) -> Markup:
    """The tag of static/js/<name>.js: deferred, with the nonce of this answer."""
    return Markup('<script defer src="{}" nonce="{}"></script>').format(asset(f"js/{name}.js"), g.csp_nonce)


FILTERS: tuple[Callable[..., object], ...] = (
    number, money, money_plain, money_wan, distance, distance_about, day, day_short, day_iso, clock, moment,
    shanghai_day, waited, percent, percents, counted, counted_to_cap,
    listed, mask_identity, mask_phone, mask_account,
)


def register(app: Flask) -> None:
    """Make the functions filters of the same name, and `asset`, `script`, `due` and the words globals."""
    for function in FILTERS:
        app.add_template_filter(function)
    for function in (*words.FILTERS, words_registers.column_word, words_registers.field_word,
                     *words_reports.FILTERS, *words_referrals.FILTERS, words_units.unit_word):
        app.add_template_filter(function)
    app.jinja_env.globals.update(asset=asset, script=script, due_of=due, english=english,
                                 glyph_of=words.glyph_of, tag_of=words.tag_of, outcome_word=words_steps.outcome_word,
                                 help_type_options=words.help_type_options)
