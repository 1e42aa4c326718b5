"""`flask import KIND FILE`: registers in. Without `--commit` it only reports."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import click

from matching.cli import database_command
from matching.clock import utc_now
from matching.extensions import db, reading

KINDS = ("places", "households", "aid", "offers")
DONE, DONE_WITH_REJECTS, REFUSED = 0, 1, 2


@click.command("import")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--area", default="", metavar="CODE", help="区县代码，台账自己写明的可以省略 · the county")
@click.option("--commit", is_flag=True, help="写入数据库；不加只出报告 · write; without it only report")
@click.option("--report", "report_path", type=click.Path(path_type=Path), help="把报告写成 JSON · write the report")
@database_command
def import_register(kind: str, file: Path, area: str, commit: bool, report_path: Path | None) -> None:
    """把台账导入数据库 · import a register.

    退出码 · exit status: 0 全部导入 · all well, 1 有没导入的行 · some rows rejected, 2 整份拒绝 · refused as a whole.
    """
    from matching.exchange.messages import refusal_message
    from matching.exchange.service import rehearse_register
    from matching.exchange.workbook import FileRefused
    from matching.jobs_imports import Stopped, bring_in

    _divisions_first()
    try:
        with _Terminal() as terminal:
            found = (bring_in(kind, file, area, terminal.waits, terminal.shows) if commit
                     else rehearse_register(kind, file, area, None, utc_now()))
    except FileRefused as refusal:
        _refused(report_path, refusal_message(refusal))
    except (Stopped, KeyboardInterrupt):
        _refused(report_path, "被停下，写入的都收回了 · stopped, and what was written is taken back")
    db.session.rollback()
    _write(report_path, found | {"kind": kind, "committed": commit})
    _tell(found, commit)
    sys.exit(DONE_WITH_REJECTS if found["rejected"] else DONE)


class _Terminal:
    """Says how far it is, on a terminal only, and for what it waits; asked to end, it breaks off like Ctrl-C."""

    _waiting = False

    def __enter__(self) -> _Terminal:
        self._before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGTERM, self._before)

    def waits(self) -> None:
        """Say once that something else has to end first."""
        if not self._waiting:
            click.echo("等本县另一份台账写完、结对算完 · waiting for another register or a run of the county", err=True)
        self._waiting = True
        time.sleep(1)

    def shows(self, progress: int) -> None:
        """Show how much is written, in per cent."""
        if sys.stderr.isatty():
            click.echo(f"\r正在写入 · writing {progress} %", nl=False, err=True)


def _refused(report_path: Path | None, message: str) -> NoReturn:
    db.session.rollback()
    _write(report_path, {"rows": 0, "created": 0, "updated": 0, "unchanged": 0, "warned": 0, "rejected": 0,
                         "faults": [], "duplicates": [], "refused": message})
    click.echo(f"没有导入 · refused: {message}", err=True)
    sys.exit(REFUSED)


def _divisions_first() -> None:
    """A database that knows no place at all gets the official divisions first, as `places load` does."""
    from matching.cli_places import load
    from matching.places.queries import children

    with reading():
        known = bool(children(""))
    if not known:
        click.get_current_context().invoke(load)


def _write(path: Path | None, found: dict[str, Any]) -> None:
    """Write the report whole or not at all."""
    if path is None:
        return
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    draft.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(draft, path)


def _tell(found: dict[str, Any], committed: bool) -> None:
    for fault in found["faults"]:
        where = " ".join(str(part) for part in (fault["sheet"], f"{fault['column']}{fault['row']}") if part)
        click.echo(f"{where}: {fault['message']}")
    click.echo(f"{'已导入 · imported' if committed else '只报告，没有写入 · reported only'}: "
               f"共 {found['rows']} 行 · rows, 新增 {found['created']} · created, 更新 {found['updated']} · updated, "
               f"未变 {found['unchanged']} · unchanged, 提醒 {found['warned']} · warned, "
               f"没导入 {found['rejected']} · rejected")
