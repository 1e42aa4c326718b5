"""Turns the cells about needs (kinds, quantities, urgency, day, remarks) into needs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matching.exchange.cells import read_date, split, text, whole
from matching.exchange.register import Faults, MemberRow, NeedRow
from matching.exchange.sheets import Column, Row
from matching.exchange.vocabulary import is_nothing, lexicon, needs, vague_needs

__all__ = ["Legend", "help_type_of", "read_legend", "read_needs"]

DEFAULT_URGENCY = 2
LONGEST_WORD = 6
URGENCY_OF_LEVEL = {"1": 2, "2": 3, "3": 5}
"""Ⅰ, Ⅱ, Ⅲ rise in urgency unless the register's own legend says otherwise (settled reading of the registers)."""
Legend = Mapping[str, int]
_LEVEL = r"(?:IV|I{1,3}|[1-4一二三四壹贰叁肆])级"
_LEGEND = re.compile(rf"(?P<level>{_LEVEL})\s*(?:[=:(\-—→]|为|是|指|表示|即|代表)?\s*(?P<meaning>[一-鿿]{{1,6}})")
_LEGEND_BACK = re.compile(rf"(?P<meaning>[一-鿿]{{1,6}}?)\s*(?:[=:(\-—→]|为|是|指|用|填)\s*(?P<level>{_LEVEL})")
_BARE_NUMBERING = re.compile(r"\d(?=[一-鿿])")
_NUMBERING = re.compile(r"(?:^|(?<=[\s、,，;；\n一-鿿]))\d{1,2}[.、)](?=\D)")
_WITH_QUANTITY = re.compile(r"^(?P<word>\D+?)[(（:：×xX*]?(?P<quantity>\d[\d,.]*[万千百]?[一-鿿]{0,2})[)）]?$")
_TOGETHER = re.compile(r"[(（][^()（）]*[)）]")
"""课业辅导（语文、数学）: what stands in brackets is no list of needs."""
_HOME_ONLY = re.compile(r"居家就业|在家(就业|做工|干活)|居家(做|干|加工)|不能外出|无法外出|离不开家")


@dataclass(frozen=True, slots=True)
class _Wanted:
    word: str
    help_type: str | None
    quantity: int | None


def help_type_of(written: str) -> str | None:
    """The help type that a word asks for or offers; None for unknown and for vague words, which are never guessed.

    A longer phrase that speaks of several types is no word of a list: it is not guessed either.
    """
    if vague_needs().find(written) or (len(written) > LONGEST_WORD and needs().meanings(written) > 1):
        return None
    return needs().find(written)


def read_legend(texts: Sequence[str]) -> Legend:
    """What a register's own notes say about its levels of urgency: {"1": 5, …} for Ⅰ级为特急."""
    legend: dict[str, int] = {}
    for line in texts:
        folded = unicodedata.normalize("NFKC", line)
        if "残" in folded and "急" not in folded:
            continue  # grades of disability are levels too
        for match in [*_LEGEND.finditer(folded), *_LEGEND_BACK.finditer(folded)]:
            level, urgency = lexicon("level").find(match["level"]), _urgency_word(match["meaning"])
            if level and urgency:
                legend.setdefault(level, urgency)
    return legend


def _urgency_word(meaning: str) -> int | None:
    """Urgency of a word, also when more words follow it: 特急需当日处理 → 5."""
    for end in range(len(meaning), 0, -1):
        if found := lexicon("urgency").exact(meaning[:end]):
            return int(found)
    return None


def _wanted(written: str) -> list[_Wanted]:
    """The kinds of help in one cell, in order, unknown ones included."""
    found: list[_Wanted] = []
    written = _TOGETHER.sub(lambda inside: "·".join(split(inside[0])), written)
    if re.match(r"1[一-鿿].*2[一-鿿]", written):  # ①资金②物资
        written = _BARE_NUMBERING.sub("、", written)
    for part in split(_NUMBERING.sub("、", written)):
        pieces = [piece for piece in re.split(r"以及|和|及|与|\s+", part) if piece]
        if needs().exact(part) or not _several(pieces):
            pieces = [part]
        for piece in pieces:
            match = _WITH_QUANTITY.match(piece)
            word = match["word"] if match else piece
            found.append(_Wanted(word, help_type_of(word), whole(match["quantity"]) if match else None))
    return found


def _several(pieces: Sequence[str]) -> bool:
    """Whether pieces joined by 和 or a blank are several needs: each a word of the list, or each of another type."""
    types = [help_type_of(piece) for piece in pieces]
    return all(needs().exact(piece) for piece in pieces) or (None not in types and len(set(types)) == len(types))


def _quantities(written: str, count: int) -> list[int] | None:
    """`count` quantities in the order of the needs; None when the cell cannot be read so."""
    if is_nothing(written):
        return [1] * count
    if count == 1 and (single := whole(written)) is not None:
        return [single]
    for parts in (split(written), written.split(), re.split(r"[、;；\n/|]+", written)):
        values = [whole(part) for part in parts]
        if len(values) == count and None not in values:
            return [value for value in values if value is not None]
    return None


def _quantities_of(wanted: Sequence[_Wanted], written: str) -> list[int] | None:
    """A quantity for each want; where some are unknown the cell may have counted the known ones only."""
    found = _quantities(written, len(wanted))
    known = sum(want.help_type is not None for want in wanted)
    if found is not None or known in (0, len(wanted)) or (counted := _quantities(written, known)) is None:
        return found
    following = iter(counted)
    return [next(following) if want.help_type is not None else 1 for want in wanted]


def read_needs(rows: Sequence[Row], columns: Mapping[str, Column], legend: Legend, members: Sequence[MemberRow],
               on: date, faults: Faults) -> tuple[NeedRow, ...]:
    """The needs of one household from its accepted rows; the same words again in a further row count once."""
    found: list[NeedRow] = []
    seen: set[tuple[str, str]] = set()
    for row in rows:
        written, quantity = text(row.at(columns.get("need"))), text(row.at(columns.get("qty")))
        if is_nothing(written) or (written, quantity) in seen:
            continue
        seen.add((written, quantity))
        found.extend(_needs_of_row(row, columns, legend, members, on, faults))
    return tuple(found)


def _needs_of_row(row: Row, columns: Mapping[str, Column], legend: Legend, members: Sequence[MemberRow],
                  on: date, faults: Faults) -> list[NeedRow]:
    wanted = _wanted(text(row.at(columns["need"])))
    if any(want.help_type is None for want in wanted):
        faults.warn(row.number, "need", "need_unknown", "、".join(w.word for w in wanted if w.help_type is None))
    quantities = _quantities_of(wanted, text(row.at(columns.get("qty"))))
    if quantities is None:
        faults.warn(row.number, "qty", "quantity_unknown", text(row.at(columns.get("qty"))))
        quantities = [1] * len(wanted)
    urgency = _urgency(row, columns, legend, faults)
    reported = read_date(row.at(columns.get("need_on")))
    if reported.fault:
        faults.warn(row.number, "need_on", reported.fault, text(row.at(columns.get("need_on"))))
    note = text(row.at(columns.get("note")))
    return [NeedRow(want.help_type, want.quantity or quantity, urgency, reported.on,
                    _asks(want.help_type, note, members), _traits(want.help_type, members, on))
            for want, quantity in zip(wanted, quantities, strict=True) if want.help_type is not None]


def _urgency(row: Row, columns: Mapping[str, Column], legend: Legend, faults: Faults) -> int:
    """Urgency from 1 to 5: the register's legend first, then its words, then the settled levels."""
    written = text(row.at(columns.get("urgent")))
    if is_nothing(written):
        return DEFAULT_URGENCY
    level = lexicon("level").find(written)
    if level and level in legend:
        return legend[level]
    if word := lexicon("urgency").find(written):
        return int(word)
    if level in URGENCY_OF_LEVEL:
        return URGENCY_OF_LEVEL[level]
    faults.warn(row.number, "urgent", "urgency_unknown", written)
    return DEFAULT_URGENCY


def _asks(help_type: str, note: str, members: Sequence[MemberRow]) -> tuple[str, ...]:
    """Conditions that an offer must meet, only where the register leaves no doubt."""
    if help_type != "job":
        return ()
    alone_and_disabled = len(members) == 1 and members[0].disability_grade is not None
    return tuple(code for code, asked in (("home_based", bool(_HOME_ONLY.search(note))),
                                          ("disabled_ok", alone_and_disabled)) if asked)


def _traits(help_type: str, members: Sequence[MemberRow], on: date) -> tuple[str, ...]:
    """What is certain about the person to be helped, whoever it is: school stage, age, sex."""
    traits: list[str] = []
    stages = {member.school_stage for member in members if member.school_stage}
    if help_type in ("schooling", "tutoring") and len(stages) == 1:
        traits += stages & {"primary", "junior", "senior", "university"}
    if help_type not in ("schooling", "tutoring"):
        old = {_is_over_60(member.born_on, on) for member in members}
        traits += ["over60"] if old == {True} else ["under60"] if old == {False} else []
        sexes = {member.sex for member in members}
        traits += sexes if len(sexes) == 1 and "" not in sexes else []
    return tuple(traits)


def _is_over_60(born_on: date | None, on: date) -> bool | None:
    if born_on is None:
        return None
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day)) >= 60
