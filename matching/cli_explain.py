"""`flask match explain` and `scarcity`: why the plan of two files is as it is, and what would help most."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from flask.cli import with_appcontext
from flask_babel import LazyString, force_locale

from matching import words_reasons as words
from matching.cli_match import existing, file_fault

if TYPE_CHECKING:
    from matching.engine.reasons import Reasons

LANGUAGES = {"zh": "zh_Hans", "en": "en"}


@click.command()
@click.argument("needs", type=existing)
@click.argument("offers", type=existing)
@click.argument("pairs", type=existing)
@click.option("--id", "ids", multiple=True, help="只说这些需求或资源 · only these needs or offers")
@click.option("--near", type=click.IntRange(min=0), default=20, show_default=True,
              help="给几个最急的需求找“只差一点” · for how many of the most urgent to look for near misses")
@click.option("--language", type=click.Choice([*LANGUAGES]), default="zh", show_default=True, help="语言 · language")
@click.option("--report", type=existing, help="写出全部理由 (JSON) · write all reasons")
@with_appcontext
def explain(needs: str, offers: str, pairs: str, ids: tuple[str, ...], near: int, language: str,
            report: str | None) -> None:
    """说明每一对为什么这样结，谁为什么还没有轮到，差什么就能轮到。

    Says of the plan that `match solve` made why each pair is there, why needs are still open and offers left over,
    and which small change would serve a need. With --id, near misses are looked for at the needs named.
    """
    from matching.engine.faults import FileFault
    from matching.engine.reasons import explain_files
    from matching.engine.writing import write_whole

    try:
        found = explain_files(needs, offers, pairs, near=0 if ids else near, near_ids=ids)
        if report is not None:
            text = json.dumps(_all(found), ensure_ascii=False, indent=1) + "\n"
            write_whole([(report, text.encode())])
    except FileFault as fault:
        click.echo(file_fault(fault), err=True)
        raise SystemExit(2) from None
    with force_locale(LANGUAGES[language]):
        for about, sentence in _sentences(found):
            if not ids or about & set(ids):
                click.echo(sentence)


@click.command()
@click.argument("needs", type=existing)
@click.argument("offers", type=existing)
@click.option("--radius", type=click.FloatRange(min=0), default=10.0, show_default=True,
              help="新资源的服务半径，公里 · how far a new offer would reach, in km")
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="列出几条 · how many lines")
@click.option("--report", type=existing, help="写出全部 (JSON) · write all of it")
def scarcity(needs: str, offers: str, radius: float, top: int, report: str | None) -> None:
    """最该再找什么帮助，在哪里：每多一份，总分能多多少。

    What to recruit next, and where: by how much one more unit of each type in each area would raise the best sum.
    """
    from matching.engine.faults import FileFault
    from matching.engine.scarcity import scarcity_of_files
    from matching.engine.writing import write_whole

    try:
        found = scarcity_of_files(needs, offers, radius)
        if report is not None:
            write_whole([(report, (json.dumps(asdict(found), ensure_ascii=False, indent=1) + "\n").encode())])
    except FileFault as fault:
        click.echo(file_fault(fault), err=True)
        raise SystemExit(2) from None
    click.echo("多一份的价值 · worth of one more\t类型 · type\t地区 · area\t纬度,经度 · lat,lon")
    for line in found.recruits[:top]:
        click.echo(f"{line.worth}\t{line.type}\t{line.area or '-'}\t{line.lat:.6f},{line.lon:.6f}")


def _named(found: Reasons, reason: Any) -> dict[str, Any]:
    """A reason with identifiers instead of rows, null for what is not there."""
    said = asdict(reason)
    for name, rows in (("need", found.needs.ids), ("offer", found.offers.ids), ("other_offer", found.offers.ids)):
        if name in said:
            said[name] = rows[said[name]].decode() if said[name] >= 0 else None
    if "distance_m" in said:
        said["distance_m"] = None if said["distance_m"] != said["distance_m"] else round(said["distance_m"], 1)
    return said


def _all(found: Reasons) -> dict[str, Any]:
    """Everything as codes, numbers and identifiers."""
    return {name: [_named(found, reason) for reason in getattr(found, name)]
            for name in ("pairs", "open", "misses", "left")}


def _sentences(found: Reasons) -> Iterator[tuple[set[str], str]]:
    """Each reason in words, with the identifiers that it is about."""
    for pair in found.pairs:
        values = _values(found, pair) | {"score": pair.score}
        yield {values["need"], values["offer"]}, " ".join((_filled(words.GIVEN, values), _other(values)))
    for lack in found.open:
        values = _values(found, lack)
        key = "taken_at_any_level" if lack.code == "taken" and not lack.level else lack.code
        yield {values["need"]}, _filled(words.STILL_OPEN[key], values)
    for miss in found.misses:
        values = _values(found, miss) | {"more_km": f"{miss.more_m / 1000:.1f}", "others": miss.others_changed}
        key = f"{miss.code}_others" if miss.alone_changed else miss.code
        yield {values["need"]}, _filled(words.NEAR_MISSES[key], values)
    for left in found.left:
        values = _values(found, left)
        yield {values["offer"]}, _filled(words.LEFT_OVER[left.code], values)


def _values(found: Reasons, reason: Any) -> dict[str, Any]:
    """What the sentences about a reason may name."""
    said = _named(found, reason)
    needs = found.needs
    attr = needs.attr[reason.need] if reason.need >= 0 else -1
    return said | {"attr": needs.attrs[attr] if attr >= 0 else "",
                   "km": "" if said.get("distance_m") is None else f"{said['distance_m'] / 1000:.1f}"}


def _other(values: dict[str, Any]) -> str:
    """The sentence about the best other offer of a pair."""
    if values["other_offer"] is None:
        return _filled(words.OTHERS["none"], values)
    difference = values["score"] - values["other_score"]
    key = "lower" if difference > 0 else "higher" if difference < 0 else "equal"
    return _filled(words.OTHERS[key], values | {"other": values["other_offer"], "difference": abs(difference)})


def _filled(sentence: LazyString, values: dict[str, Any]) -> str:
    return str(sentence) % values
