"""`flask audit verify`: whether the log is as it was written."""

from __future__ import annotations

import time

import click

from matching.audit import service_anchors, service_chain
from matching.cli import database_command
from matching.clock import utc_now
from matching.extensions import reading

WORDS = {
    "changed": "这一条被改过 · this entry was changed",
    "gone": "这一条被删了 · this entry was deleted",
    "unlinked": "从这里起链断了 · the chain is broken from here on",
    "rewritten": "到这里为止被重写过 · the log was rewritten somewhere up to here",
    "cut": "记录到此为止，外面记着还有 · the log ends here, but more of it was anchored outside",
    "inserted": "这一条是后来塞进去的 · this entry was put in afterwards",
}


@click.group()
def audit() -> None:
    """查看记录 · the audit log."""


@audit.command()
@database_command
def verify() -> None:
    """查记录有没有被改、删、换、插、截 · find out whether the log was edited, cut, swapped or added to.

    对得上就把新的几条接上 · when all fits, entries that wait are linked. 退出码 · exit status: 0 对得上 · all fits,
    1 对不上 · something does not.
    """
    from matching.jobs_chain import anchors_folder, link_and_anchor

    began, now = time.perf_counter(), utc_now()
    try:
        anchors = service_anchors.read(anchors_folder())
    except (ValueError, OSError) as error:
        raise click.ClickException(f"锚记文件读不懂 · the anchors cannot be read: {anchors_folder()}") from error
    with reading():
        found = service_chain.verify(anchors.kept, now)
    for restored in anchors.restored:
        click.echo(f"用备份恢复过 · restored from a backup: {restored.at.isoformat()}, "
                   f"到第 {restored.position} 条 · up to position {restored.position}", err=True)
    if found.fault:
        fault = found.fault
        where = f"第 {fault.position} 条 · position {fault.position}"
        where += f", 编号 · entry {fault.entry_id}" if fault.entry_id is not None else ""
        where += f", {fault.at.isoformat()}" if fault.at else ""
        raise click.ClickException(f"记录对不上 · the audit log does not fit: {where}: {WORDS[fault.kind]}")
    linked = link_and_anchor(utc_now())
    click.echo(f"记录对得上 · the audit log fits: {found.linked} 条 · entries, {len(anchors.kept)} 个锚记 · anchors, "
               f"新接 {linked} 条 · newly linked, {time.perf_counter() - began:.1f} s")
