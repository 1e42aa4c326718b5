"""The commands of `flask --app wsgi …`; each group lives beside what it serves and is listed here."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from matching import startup

Command = TypeVar("Command", bound=Callable[..., Any])


def database_command(command: Command) -> Command:
    """For commands that use the database: application context, all checks of `startup`, new databases migrated."""

    @with_appcontext
    @functools.wraps(command)
    def checked(*args: Any, **kwargs: Any) -> Any:
        try:
            startup.make_ready(current_app._get_current_object())  # type: ignore[attr-defined]
        except startup.Refused as refusal:
            raise click.ClickException(str(refusal)) from None
        return command(*args, **kwargs)

    return checked  # type: ignore[return-value]


def write_json(path: Path, content: object) -> None:
    """Write a report beside its place and then put it there: whole or not at all, and never whole in memory."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with draft.open("w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
            file.write("\n")
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


COMMANDS = {"match": "matching.cli_match", "import_register": "matching.cli_import", "places": "matching.cli_places",
            "demo": "matching.demo.cli", "user": "matching.cli_user", "pages": "matching.cli_pages",
            "gaps": "matching.cli_gaps", "figures": "matching.cli_figures", "keys": "matching.cli_keys",
            "backup": "matching.cli_backup", "restore_command": "matching.cli_backup", "audit": "matching.cli_audit"}
"""Each group or command and the module that holds it."""


def register_commands(app: Flask) -> None:
    """Hang all groups and commands under `flask`."""
    from matching.cli_explain import explain, scarcity
    from matching.cli_match import match
    from matching.cli_run import run_pairing
    from matching.cli_what_if import what_if

    for name, module in COMMANDS.items():
        app.cli.add_command(getattr(import_module(module), name))
    match.add_command(run_pairing, "run")
    match.add_command(explain)
    match.add_command(scarcity)
    match.add_command(what_if, "what-if")
