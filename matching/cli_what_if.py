"""`flask match what-if`: who gains and who loses when offers or points change. Nothing is saved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from matching import words_reasons as words
from matching.cli_explain import LANGUAGES
from matching.cli_match import existing, file_fault

if TYPE_CHECKING:
    from matching.engine import WhatIf

points = click.IntRange(0, 10_000)


class Reach(click.ParamType[tuple[str, float]]):
    """OFFER=KM: an offer and how far it would reach."""

    name = "OFFER=KM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        """The identifier, and kilometres >= 0."""
        offer, _, km = value.rpartition("=")
        try:
            reach = float(km)
        except ValueError:
            reach = -1.0
        if not offer or not 0 <= reach < 100_000:
            self.fail(f"“{value}” 应写成 资源=公里 · must be written OFFER=KM", param, ctx)
        return offer, reach


@click.command()
@click.argument("needs", type=existing)
@click.argument("offers", type=existing)
@click.option("--more", type=existing, help="再加这些资源（格式同 offers.csv）· these offers beside the others")
@click.option("--radius", type=Reach(), multiple=True, help="这个资源的服务半径改为 · let this offer reach so far")
@click.option("--without", multiple=True, metavar="OFFER", help="没有这个资源 · without this offer")
@click.option("--urgency", type=points, default=100, show_default=True, help="紧急每级几分 · points a level of urgency")
@click.option("--waiting", type=points, default=1, show_default=True, help="等待每天几分 · points a day of waiting")
@click.option("--closeness", type=points, default=1, show_default=True, help="每近 150 米几分 · points a 150 m nearer")
@click.option("--language", type=click.Choice([*LANGUAGES]), default="zh", show_default=True, help="语言 · language")
@click.option("--report", type=existing, help="写出全部 (JSON) · write all of it")
@with_appcontext
def what_if(needs: str, offers: str, more: str | None, radius: tuple[tuple[str, float], ...],
            without: tuple[str, ...], urgency: int, waiting: int, closeness: int, language: str,
            report: str | None) -> None:
    """如果多一个资源、走得更远、分数另算，谁多得、谁少得。什么也不保存。

    Who gains and who loses if there were other offers, an offer reached further, or points were others. The plan
    before is that of `match solve`; nothing is saved.
    """
    from matching import engine

    try:
        found = engine.what_if(needs, offers, more_path=more, radius_km=dict(radius), without=without,
                               weights=engine.Weights(urgency, waiting, closeness))
        if report is not None:
            from matching.engine.writing import write_whole

            write_whole([(report, (json.dumps(asdict(found), ensure_ascii=False, indent=1) + "\n").encode())])
    except engine.FileFault as fault:
        click.echo(file_fault(fault), err=True)
        raise SystemExit(2) from None
    with force_locale(LANGUAGES[language]):
        for sentence in _sentences(found, other_points=(urgency, waiting, closeness) != (100, 1, 1)):
            click.echo(sentence)


def _sentences(found: WhatIf, other_points: bool) -> Iterator[str]:
    """The sum, then each need that is served otherwise."""
    lists = {"gains": found.gains, "losses": found.losses, "otherwise": found.otherwise}
    values = asdict(found) | {name: len(some) for name, some in lists.items()} | {
        "difference": f"{found.weight_after - found.weight_before:+d}",
        "asked_difference": f"{found.asked_after - found.asked_before:+d}"}
    for key in ("worth", "asked", "counts") if other_points else ("worth", "counts"):
        yield str(words.WHAT_IF[key]) % values
    for name, some in lists.items():
        for one in some:
            less = one.units_before - one.units_after
            yield str(words.WHAT_IF[name]) % (asdict(one) | {"more": -less, "less": less})
