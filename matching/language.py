"""Chinese first, English second: which language a reader gets, and how it is remembered."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, current_app, g, has_app_context, has_request_context, request
from flask_babel import Domain, LazyString, get_locale, gettext

from matching.extensions import babel

COOKIE = "language"
CHINESE, ENGLISH = "zh_Hans", "en"
A_YEAR = 365 * 24 * 60 * 60


def reader_language() -> str:
    """In which language is spoken now: `zh_Hans` or `en`; as `get_locale()`, quickly."""
    try:
        locale = getattr(g.get("_flask_babel"), "babel_locale", None) or get_locale()
    except RuntimeError:  # outside of the site
        return CHINESE
    return ENGLISH if locale is not None and locale.language == ENGLISH else CHINESE


class QuickDomain(Domain):
    """The sentences of the site; finds the reader's catalogue without asking the request for each sentence."""

    def get_translations(self) -> Translations:
        """The catalogue of the language that is spoken now."""
        language = reader_language()
        if language not in self.cache:
            self.cache[language] = super().get_translations()
        return self.cache[language]


class Word(LazyString):
    """A word of the interface that is looked up once for each language."""

    def __init__(self, func: Callable[..., str], text: str) -> None:
        super().__init__(func, text)
        self._said: dict[str, str] = {}

    def __str__(self) -> str:
        if not has_app_context():
            return str(self._args[0])
        language = reader_language()
        if language not in self._said:
            self._said[language] = super().__str__()
        return self._said[language]


def lazy_gettext(text: str, **values: Any) -> LazyString:
    """`flask_babel.lazy_gettext`; a text without values is remembered in each language."""
    return LazyString(gettext, text, **values) if values else Word(gettext, text)


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
    babel.domain_instance = QuickDomain()

    @app.context_processor
    def language() -> dict[str, str]:
        locale = reader_language()
        return {"locale": locale, "html_lang": "en" if locale == ENGLISH else "zh-Hans"}
