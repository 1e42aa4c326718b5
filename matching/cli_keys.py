"""`flask keys …`: sealing everything anew under a new key."""

from __future__ import annotations

import time

import click
from flask import current_app

from matching.audit.service import record
from matching.cli import database_command
from matching.clock import utc_now
from matching.extensions import db, scrub

EVERY_SECONDS = 5.0


@click.group()
def keys() -> None:
    """密钥 · keys of the sealed fields."""


@keys.command()
@database_command
def rotate() -> None:
    """全部换成 FIELD_KEYS 里最新的密钥 · seal everything anew under the newest of FIELD_KEYS.

    网站照常开着；中断了再来一次就接着做 · the site may go on serving; interrupted, the next call goes on.
    退出码 · exit status: 0 旧密钥可以取下 · old keys can be taken out, 1 有打不开的 · something does not open.
    """
    from matching.crypto import keyring
    from matching.rotation import Busy, Rotated, rotate

    last = time.monotonic()

    def told(so_far: Rotated) -> None:
        nonlocal last
        if time.monotonic() - last > EVERY_SECONDS:
            last = time.monotonic()
            click.echo(f"{so_far.values} 项 · values, {so_far.files} 个文件 · files", err=True)

    try:
        done = rotate(told)
    except Busy:
        raise click.ClickException("另一个进程正在换密钥 · another process is rotating keys now") from None
    record(None, "site.rotate_keys", utc_now(), changes={"values": done.values, "files": done.files,
                                                    "shut": len(done.shut), "old_keys": len(keyring().keys) - 1})
    db.session.commit()
    scrub()
    count = f"换了 {done.values} 项、{done.files} 个文件 · {done.values} values and {done.files} files sealed anew"
    if done.shut:
        for name in sorted(done.shut):
            click.echo(f"打不开 · does not open: {name}", err=True)
        raise click.ClickException(f"{count}; {len(done.shut)} 项打不开，旧密钥先留着 · do not open, keep the old keys")
    old = len(current_app.extensions["keyring"].keys) - 1
    click.echo(f"{count}; " + (f"FIELD_KEYS 里的 {old} 把旧密钥可以取下 · {old} old keys can be taken out of FIELD_KEYS"
                               if old else "全部用的是现在的密钥 · all is under the present key"))
