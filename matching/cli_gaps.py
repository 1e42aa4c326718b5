"""`flask gaps`: who is entitled and does not receive, and who receives and is not entitled any more."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import click

from matching.cli import database_command, write_json
from matching.errors import JieduiError
from matching.extensions import db, reading
from matching.places.models import Area

REFUSED = 2


@click.command("gaps")
@click.option("--area", "area_code", required=True, metavar="CODE", help="地区代码 · the area")
@click.option("--on", required=True, type=click.DateTime(["%Y-%m-%d"]),
              help="按哪一天的标准算 · the day to reckon with")
@click.option("--policies", type=click.Path(path_type=Path), metavar="FILE.json",
              help="用这个文件里的标准 · standards that replace the built-in ones")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="R.json",
              help="把结果写成 JSON · write the report")
@database_command
def gaps(area_code: str, on: datetime, policies: Path | None, report: Path) -> None:
    """查应享未享 · check who is entitled and does not receive. 只读，不改任何档案 · reads only.

    退出码 · exit status: 0 查完 · done, 2 地区或政策文件不对 · area or file refused, nothing written.
    """
    from matching.assistance import service_gaps
    from matching.assistance.service_standards import read_file

    started = time.perf_counter()
    with reading():
        try:
            if db.session.get(Area, area_code) is None:
                raise JieduiError(f"没有这个地区 · no such area: {area_code}")
            book = read_file(policies) if policies else None
        except JieduiError as refusal:
            click.echo(f"没有查 · refused: {refusal.message}", err=True)
            raise SystemExit(REFUSED) from None
        total = service_gaps.count_homes(area_code)
        told = service_gaps.Report()
        for finding in service_gaps.check_area(area_code, on.date(), book, lambda done: click.echo(
                f"{done} / {total}", err=True)):
            told.add(finding)
        written = told.finished()
    write_json(report, written)
    households = len({gap["household"] for gap in written["gaps"]})
    click.echo(f"{area_code} {on.date()}: 查了 {total} 户 · households, "
               f"应享未享 {households} 户 {len(written['gaps'])} 项"
               f" · gaps, 重点关注 {len(written['key_focus'])} 户 · key focus, 不再符合 "
               f"{len(written['no_longer_entitled'])} 项 · no longer entitled, {time.perf_counter() - started:.1f} s")
