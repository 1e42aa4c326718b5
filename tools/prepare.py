"""Brings the data up to date in one process: newest migration, then the demo county with its first pairing.

Runs in the product's own Python (`python -m tools.prepare demo|migrate`). `demo` leaves the list of accounts in
`instance/demo-accounts.txt`, readable by its owner only.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from flask import Flask
from flask.cli import FlaskGroup
from flask_babel import force_locale
from sqlalchemy.exc import SQLAlchemyError

from config import Config
from matching import create_app
from tools.run import ACCOUNTS_FILE
from tools.says import step


def prepare(what: str) -> int:
    """Migrate and, for `demo`, load the demo; 0 when all went well."""
    app = create_app(Config())
    commands = FlaskGroup(create_app=lambda: app)

    def call(*arguments: str) -> None:
        commands.main(list(arguments), standalone_mode=False)

    try:
        with step("数据库", "Database"):
            call("db", "upgrade")
        if what == "demo":
            with step("演示县与第一次配对", "Demo county and its first pairing"):
                call("demo", "load")
            _write_accounts(app)
    except click.ClickException as error:
        print(error.format_message(), file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        print(f"{type(error).__name__}: {getattr(error, 'orig', None) or error}", file=sys.stderr)
        return 1
    return 0


def _write_accounts(app: Flask) -> None:
    """One line for each demo account: user name, role in both languages; the password first."""
    from matching.actor import Role
    from matching.demo.accounts import demo_password
    from matching.words import ROLES

    instance = Path(app.config["INSTANCE"])
    password = demo_password(instance, app.config["DEMO_PASSWORD"])
    with app.app_context():
        lines = [f"  口令 / password  {password}", "  账号 / accounts"]
        for role in Role:
            with force_locale("zh_Hans"):
                chinese = str(ROLES[role])
            with force_locale("en"):
                english = str(ROLES[role])
            lines.append(f"    {role:<13}{chinese} / {english}")
    lines.append("  邻县同样的账号在后面加 2，例如 county2 / the same in the next county: add 2, as in county2")
    file = os.open(instance / ACCOUNTS_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as accounts:
        accounts.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(prepare(sys.argv[1]))
