"""`flask user …`: accounts from the command line, above all the first administrator."""

from __future__ import annotations

import sys

import click

from matching.actor import Role
from matching.cli import database_command
from matching.clock import utc_now
from matching.errors import JieduiError
from matching.extensions import db
from matching.forms import trimmed


@click.group()
def user() -> None:
    """账号 · accounts."""


@user.command()
@click.argument("username")
@click.option("--role", required=True, type=click.Choice([str(role) for role in Role]))
@click.option("--name", required=True, help="姓名 · the person's name")
@click.option("--area", "area_code", default="", metavar="CODE", help="管哪里 · the area it reaches")
@click.option("--organisation", "organisation_id", type=int, metavar="ID", help="替哪家机构 · for which organisation")
@click.option("--household", "household_id", type=int, metavar="ID", help="哪一户 · of which household")
@click.option("--password-stdin", is_flag=True, help="从标准输入读密码 · read the password from standard input")
@database_command
def create(username: str, role: str, name: str, area_code: str, organisation_id: int | None,
           household_id: int | None, password_stdin: bool) -> None:
    """开一个账号 · make an account. 不从标准输入读密码时会问 · asks for the password unless it is piped in."""
    from matching.accounts.service import create_user

    password = sys.stdin.readline() if password_stdin else click.prompt(
        "密码 · password", hide_input=True, confirmation_prompt=True)
    try:
        made = create_user(username, name, Role(role), trimmed(password), utc_now(), area_code=area_code,
                           organisation_id=organisation_id, household_id=household_id)
    except JieduiError as refusal:
        db.session.rollback()
        raise click.ClickException(refusal.message) from None
    db.session.commit()
    click.echo(f"账号 · account: {made.username}, {role}, {made.name}")
