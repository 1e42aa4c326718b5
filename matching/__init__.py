"""Jiedui 结对: pairs what people can give with what households in hardship need.

Importing this package stays light (`matching.engine` must not bring Flask along); `create_app` imports the rest.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Blueprint, Flask

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("pages", "todo", "notices", "households", "intake", "exchange", "pairings", "offers", "assistance",
         "organisations", "figures", "audit", "accounts")
"""Every room that has pages, in the order of the menus."""
ON_FILES = {("match", "solve"), ("match", "verify")}
"""Commands that need no site: it would take them longer to build one than to pair a county."""


def create_app(config: object) -> Flask:
    """Build the site from a configuration object (see `config.Config`).

    Served by anything but the command line it refuses at once to start on unsafe settings; commands
    that need the database check for themselves. For those on files (`ON_FILES`) only their group is built.
    """
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true" and ON_FILES & set(pairwise(sys.argv)):
        return _build_for_files()
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from matching import startup
    from matching.crypto import Keyring

    app = Flask("matching", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.config.from_object(config)
    startup.take_demo_keys(app)
    app.config["SQLALCHEMY_DATABASE_URI"] = startup.database_uri(app.config["DATABASE_URL"])
    app.config["MIGRATIONS"] = str(ROOT / "migrations")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "translations")
    if hops := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    _register(app)
    if not startup.unsafe_settings(app):
        app.extensions["keyring"] = Keyring(app.config["FIELD_KEYS"])
    if not app.testing and os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        with app.app_context():
            startup.make_ready(app)
        startup.start_background(app)
    return app


def _build_for_files() -> Flask:
    from flask import Flask

    from matching.cli_match import match

    app = Flask("matching")
    app.cli.add_command(match)
    return app


def _register(app: Flask) -> None:
    """Bind what belongs to no room, then bring in the rooms."""
    from matching import (
        access,
        cli,
        errors,
        extensions,
        formatting,
        headers,
        language,
        logs,
        navigation,
        templating,
    )

    logs.start_logs(app.config["LOG_LEVEL"])
    templating.register_templating(app)  # before the libraries that give it their functions
    headers.register_headers(app)  # first: a request that is refused early needs its nonce too
    extensions.start_extensions(app)
    language.register_language(app)
    access.register_access(app)
    errors.register_errors(app)
    navigation.register_navigation(app)
    formatting.register(app)
    for blueprint in _rooms():
        app.register_blueprint(blueprint)
    cli.register_commands(app)


def _rooms() -> Iterator[Blueprint]:
    """Every room's blueprint, with the views of all its `routes*.py`."""
    for room in ROOMS:
        for part in iter_modules(import_module(f"matching.{room}").__path__):
            if part.name.startswith("routes"):
                import_module(f"matching.{room}.{part.name}")
        yield import_module(f"matching.{room}.routes").blueprint
