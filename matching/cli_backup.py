"""`flask backup` and `flask restore`: the whole site into one file, and back."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from matching import startup
from matching.audit import service_anchors, service_chain
from matching.audit.service import record
from matching.backup import Refusal, age_out, back_up
from matching.cli import database_command
from matching.clock import utc_now
from matching.extensions import db
from matching.jobs_chain import anchors_folder
from matching.restore import restore

MEGABYTE = 1024 * 1024


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@database_command
def backup(file: Path) -> None:
    """把全部数据备份成一个文件 · write the whole site into one file, while it goes on serving.

    同一文件夹里过了 JIEDUI_BACKUP_DAYS 天的旧备份会删掉 · older backups in the same folder are thrown away.
    密钥不在里面，要另外保管 · the keys are not in it, keep them apart.
    """
    began, now = time.perf_counter(), utc_now()
    try:
        written = back_up(file, now)
    except (Refusal, OSError) as refusal:
        raise click.ClickException(str(refusal)) from None
    gone = age_out(file.absolute().parent, timedelta(days=current_app.config["BACKUP_DAYS"]), now)
    for old in gone:
        click.echo(f"过期删掉 · thrown away: {old.name}", err=True)
    record(None, "site.backup", now, changes={"rows": written.rows, "files": written.files, "aged_out": len(gone)})
    db.session.commit()
    lost = f", 早就缺 {written.missing} 个 · {written.missing} missing before" if written.missing else ""
    click.echo(f"备份好了 · backed up: {written.rows} 行 · rows, {written.files} 个文件 · files{lost}, "
               f"{written.size_bytes / MEGABYTE:.1f} MB, {time.perf_counter() - began:.1f} s → {file}")


@click.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="替换现有的全部数据 · replace everything that is there")
@with_appcontext
def restore_command(file: Path, replace: bool) -> None:
    """用备份恢复全部数据，先查后写，全成或不变 · put the whole site back: checked first, whole or not at all.

    先停下网站 · stop the site first.
    """
    began, app = time.perf_counter(), _app()
    try:
        startup.refuse_unsafe(app)
        startup.migrate_if_empty()
        done = restore(file, replace=replace)
        startup.check_field_keys(app)
    except (startup.Refused, Refusal) as refusal:
        raise click.ClickException(str(refusal)) from None
    service_anchors.note_restored(anchors_folder(), service_chain.head(), utc_now())
    record(None, "site.restore", utc_now(), changes={"rows": done.rows, "files": done.files, "made_at": done.made_at})
    db.session.commit()
    click.echo(f"恢复好了 · restored: {done.rows} 行 · rows, {done.files} 个文件 · files, 备份做于 · backup made at "
               f"{done.made_at}, {time.perf_counter() - began:.1f} s")


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]
