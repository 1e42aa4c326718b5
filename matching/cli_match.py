"""`flask match …`: pair two files, and check a plan. `match run` (the database) hangs itself in beside these."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from matching.engine.faults import FileFault
    from matching.engine.verify import Verdict

FILE_FAULTS = {
    "missing": "没有这个文件 · there is no such file",
    "unreadable": "文件读不了 · the file cannot be read ({reason})",
    "unwritable": "文件写不了 · the file cannot be written ({reason})",
    "not_utf8": "不是 UTF-8 文本 · not UTF-8 text",
    "empty": "文件是空的 · the file is empty",
    "no_column": "缺少这一列 · this column is missing",
    "twice_column": "这一列出现两次 · this column is there twice",
    "fields": "应有 {expected} 个单元格，实有 {found} 个 · {expected} cells expected, {found} found",
    "quotes": "引号不成对 · the quotation marks are not in order",
    "blank": "不能空着 · must not be empty",
    "twice": "“{found}”在第 {first} 行已经出现 · {found} stands in line {first} already",
    "not_whole": "“{found}”不是整数 · {found} is not a whole number",
    "not_number": "“{found}”不是数字 · {found} is not a number",
    "outside": "“{found}”不在 {low} 到 {high} 之间 · {found} is not from {low} to {high}",
    "other_plan": "不是这两个文件的最优结对 · not the best plan of these two files",
    "there": "“{found}”已经有了 · {found} is there already",
    "not_there": "没有“{found}” · there is no {found}",
}

PLAN_FAULTS = {
    "unreadable": "文件读不了 · the file cannot be read",
    "columns": "列名或列数不对 · columns are missing, doubled or not as many as in the header",
    "values": "数值不对 · a value that cannot be",
    "twice": "编号重复 · an identifier that is there twice",
    "unknown_need": "没有这个需求 · a need that does not exist",
    "unknown_offer": "没有这个资源 · an offer that does not exist",
    "quantity": "数量不是大于零的整数 · a quantity that is not a whole number of at least 1",
    "repeated_pair": "同一结对出现两次 · a pair that is listed twice",
    "types": "类型不同 · types that differ",
    "attr": "条件不合 · a condition that is not met",
    "too_far": "超出服务半径 · beyond the radius",
    "need_over": "超过需求数量 · a need that is given more than it wants",
    "offer_over": "超过资源容量 · an offer that gives more than it has",
    "unknown_price": "价格表里有不存在的资源 · a price of an offer that does not exist",
    "repeated_price": "同一资源有两个价格 · an offer with two prices",
    "price": "价格不是非负数 · a price that is not a number of at least 0",
    "unsold_price": "没用完的资源价格不为零 · an offer that is not full and has a price",
    "unproven": "总分超过了上界 · the plan is worth more than the bound",
}

existing = click.Path(dir_okay=False)


@click.group()
def match() -> None:
    """结对 · pair needs and offers."""


@match.command()
@click.argument("needs", type=existing)
@click.argument("offers", type=existing)
@click.argument("pairs", type=existing)
@click.option("--report", type=existing, help="写出报告 (JSON) · write the report")
@click.option("--prices", type=existing, help="写出证明用的价格 · write the prices that prove it")
@click.option("--workers", type=click.IntRange(min=1), help="同时计算几个类型 · how many types at a time")
@click.option("--cluster", metavar="ADDRESS", help="在这个 Dask 集群上计算 · solve on this Dask cluster (tls://host:8786)")
@click.option("--fairness", type=click.FloatRange(0, 1), metavar="F",
              help="为了最差的地区，最多让出总分的几成 · share of the best sum to give up for the worst area")
def solve(needs: str, offers: str, pairs: str, report: str | None, prices: str | None,
          workers: int | None, cluster: str | None, fairness: float | None) -> None:
    """给两个文件结对，结果最优且有证明。

    Pairs needs.csv and offers.csv into pairs.csv; the plan is the best there is, and proven to be.
    """
    from matching.engine.faults import FileFault
    from matching.engine.pairing import pair_files

    try:
        with on_cluster(cluster) as executor:
            made = pair_files(needs, offers, pairs, report_path=report, prices_path=prices, workers=workers,
                              fairness=fairness, executor=executor)
    except FileFault as fault:
        click.echo(file_fault(fault), err=True)
        raise SystemExit(2) from None
    click.echo(f"已结对 · paired: {made['pairs']}，单位 · units {made['units']}，总分 · weight {made['weight']}，"
               f"上界 · upper bound {made['upper_bound']}，差距 · gap {made['gap']:.4%}")


@contextmanager
def on_cluster(address: str | None) -> Iterator[Executor | None]:
    """The executor of a Dask cluster, as long as it is needed; None without an address."""
    if address is None:
        yield None
        return
    try:
        client = import_module("distributed").Client(address, timeout="10s")
    except ImportError:
        raise click.UsageError("要先安装 requirements-cluster.txt · install requirements-cluster.txt first") from None
    except (OSError, ValueError) as error:
        raise click.UsageError(f"连不上 {address} · cannot be reached ({error})") from None
    with client:
        yield client.get_executor(pure=False)


def file_fault(fault: FileFault) -> str:
    """One sentence about where a file is wrong and why."""
    line = f"，第 {fault.line} 行 · line {fault.line}" if fault.line else ""
    column = f"，列 · column {fault.column}" if fault.column else ""
    return f"{fault.file}{line}{column}：{FILE_FAULTS[fault.code].format(**fault.values)}"


@match.command()
@click.argument("needs", type=existing)
@click.argument("offers", type=existing)
@click.argument("pairs", type=existing)
@click.option("--prices", type=existing, help="证明用的价格 · the prices that prove it")
@click.option("--fair", is_flag=True, help="是用 --fairness 结的 · made with --fairness")
def verify(needs: str, offers: str, pairs: str, prices: str | None, fair: bool) -> None:
    """独立核对一份结对：是否允许，值多少分，上界是多少。

    Checks a plan by code that shares nothing with the solver: is it allowed, what is it worth, and what
    can no plan exceed. Ends with 0 only when it is allowed and the proof holds.
    """
    from matching.engine.verify import verify_files

    verdict = verify_files(needs, offers, pairs, prices, fair=fair)
    for fault in verdict.faults:
        line = f"，第 {fault.line} 行 · line {fault.line}" if fault.line else ""
        count = f"（共 {fault.count} 处 · {fault.count} in all）" if fault.count > 1 else ""
        click.echo(f"{fault.file}{line}：{PLAN_FAULTS[fault.code]}{count}", err=True)
    click.echo(_verdict(verdict))
    raise SystemExit(0 if verdict.ok else 1)


def _verdict(verdict: Verdict) -> str:
    """The verdict as one line of JSON."""
    said: dict[str, object] = {"ok": verdict.ok, "weight": verdict.weight, "units": verdict.units,
                               "pairs": verdict.pairs}
    if verdict.upper_bound is not None:
        said |= {"upper_bound": verdict.upper_bound, "gap": verdict.gap}
    return json.dumps(said)
