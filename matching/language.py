"""Chinese first, English second: which language a reader gets, and how it is remembered."""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, current_app, has_request_context, request
from flask_babel import get_locale

from matching.extensions import babel

COOKIE = "language"
A_YEAR = 365 * 24 * 60 * 60


def chosen_language() -> str:
    """The reader's choice from its cookie, else Chinese."""
    choice = request.cookies.get(COOKIE) if has_request_context() else None
    if choice is not None and choice in current_app.config["LANGUAGES"]:
        return choice
    default: str = current_app.config["BABEL_DEFAULT_LOCALE"]
    return default


def compile_catalogues(folder: Path) -> None:
    """Turn each catalogue (.po) into the form that is read at run time (.mo), where that is missing or older."""
    for source in folder.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        with draft.open("wb") as file:
            write_mo(file, catalogue)
        draft.replace(target)


def register_language(app: Flask) -> None:
    """Let Flask-Babel ask us, and templates know the language of the page."""
    compile_catalogues(Path(app.config["BABEL_TRANSLATION_DIRECTORIES"]))
    babel.init_app(app, locale_selector=chosen_language)

    @app.context_processor
    def language() -> dict[str, str]:
        locale = str(get_locale())
        return {"locale": locale, "html_lang": "en" if locale == "en" else "zh-Hans"}
