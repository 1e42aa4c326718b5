"""`flask places …`: the official divisions and their points."""

from __future__ import annotations

import re
from pathlib import Path

import click

from matching.cli import database_command
from matching.clock import utc_now
from matching.extensions import db
from matching.places.divisions import BROUGHT_BY_SET_UP


@click.group()
def places() -> None:
    """官方区划和坐标 · official divisions and points."""


@places.command()
@click.option("--area", "areas", multiple=True, metavar="CODE",
              help="也读入这里的村社，可重复 · read the villages of this area too; may be repeated")
@click.option("--from", "folder", type=click.Path(path_type=Path), default=BROUGHT_BY_SET_UP,
              help="五个 CSV 文件所在的目录 · the folder of the five CSV files")
@database_command
def load(areas: tuple[str, ...], folder: Path) -> None:
    """读入全国区划到镇，所选地方到村；再读一次不改变任何东西。

    Loads the country down to towns and the areas asked for down to villages; loading again changes nothing.
    """
    from matching.places.service import load_country

    for code in areas:
        if not re.fullmatch(r"\d{2}(\d{2}){0,2}|\d{9}", code):
            raise click.BadParameter(f"不是区划代码 · not an area code: {code}")
    try:
        loaded = load_country(folder, areas, utc_now())
    except FileNotFoundError:
        raise click.ClickException(
            f"找不到区划文件，请先运行 make run · division files are missing, run make run first: {folder}"
        ) from None
    db.session.commit()
    click.echo(f"区划 · divisions: 新增 · created {loaded.created}, "
               f"改名 · renamed {loaded.renamed}, 补坐标 · given a point {loaded.pointed}, "
               f"未变 · unchanged {loaded.unchanged}")
