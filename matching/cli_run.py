"""`flask match run`: the engine on the database; proposals are saved, nothing is assigned."""

from __future__ import annotations

import json
import time
from datetime import date, datetime
from pathlib import Path

import click

from matching import jobs_runs
from matching.cli import database_command
from matching.clock import day_of, utc_now
from matching.errors import JieduiError
from matching.extensions import db, reading
from matching.pairings import bridge
from matching.pairings import service_runs as runs
from matching.places.models import Area


@click.command("run")
@click.option("--area", "area_code", required=True, metavar="CODE", help="County, town or village; wider: each county.")
@click.option("--dry-run", is_flag=True, help="Solve and report, save nothing.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Reckon with this day instead of today.")
@click.option("--fairness", type=click.FloatRange(0, 1), metavar="F",
              help="Give up at most this share of the best sum for the town that is served worst.")
@click.option("--reserve", "reserve_days", type=click.IntRange(0, 365), default=0, metavar="DAYS",
              help="Hold units back for who is likely to come in so many days, as the past year was.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), metavar="R.json", help="Write the report.")
@database_command
def run_pairing(area_code: str, dry_run: bool, on: datetime | None, fairness: float | None, reserve_days: int,
                report: Path | None) -> None:
    """Pair the open needs of an area with the offers that reach them."""
    if fairness is not None and reserve_days:
        raise click.UsageError("--fairness 和 --reserve 一次只用一个 · use one of --fairness and --reserve")
    day = on.date() if on else day_of(utc_now())
    if db.session.get(Area, area_code) is None:
        raise click.ClickException(f"没有这个地区 · no such area: {area_code}")
    codes = [area_code] if len(area_code) >= 6 else [
        code for code in runs.counties_with_households() if code.startswith(area_code)]
    db.session.rollback()
    facts = [_one(code, dry_run, day, fairness, reserve_days) for code in codes]
    if report is not None:
        whole = facts[0] if len(area_code) >= 6 else {"counties": dict(zip(codes, facts, strict=True))}
        draft = report.with_name(report.name + ".part")
        draft.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        draft.replace(report)
    for code, fact in zip(codes, facts, strict=True):
        click.echo(f"{code}: 需求 {fact['needs']} 资源 {fact['offers']} 建议 {fact['proposals']} · "
                   f"weight {fact['weight']} ≤ {fact['upper_bound']} gap {fact['gap']:.6f}"
                   + (f" · 已到期的资源 {fact['offers_ended']} offers ended" if fact["offers_ended"] else "")
                   + (" · 没有保存 (dry run)" if dry_run else ""))


def _one(code: str, dry_run: bool, day: date, fairness: float | None, reserve_days: int) -> dict[str, object]:
    if dry_run:
        with reading():
            market, worth = jobs_runs.loaded(code, day, reserve_days)
        solution = bridge.solve(market, fairness, worth)
        return runs.report_of(market, solution) | jobs_runs.asked(fairness, reserve_days) | {
            "proposals": len(solution.proposals), "on": day.isoformat()}
    try:
        run = runs.ask_run(code, None, utc_now())
    except JieduiError as error:
        raise click.ClickException(error.message) from None
    db.session.commit()
    if _claimed(run.id):
        run = jobs_runs.work(run.id, utc_now(), day, fairness, reserve_days)
    return run.report | {"proposals": run.proposals, "run": run.id}


def _claimed(run_id: int) -> bool:
    """Claim a run, after the register that is just being written in its county; False when another process works it."""
    told = False
    while not jobs_runs.claim(run_id, utc_now()):
        with reading():
            if not runs.is_held_up(run_id):
                return False
        if not told:
            click.echo("等一份台账写完 · waiting for a register that is being written", err=True)
        told = True
        time.sleep(1)
    return True
