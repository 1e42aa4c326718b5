"""Templates in two languages: sentences are put in when a template is compiled, and say what they said before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template_string, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from jinja2 import Environment

from matching import words
from matching.language import lazy_gettext, reader_language
from matching.templating import BETWEEN, remembered

PAGE = ("{{ _('筛选') }}|{{ _('等了 %(n)s 天', n=value) }}|{{ pgettext('brand', '结对') }}|{{ _(word) }}|"
        "{{ _('100%%') }}")


@pytest.fixture
def reader(app: Flask) -> Iterator[Flask]:
    """The site, asked for some page."""
    with app.test_request_context("/"):
        yield app


def of_file(app: Flask, folder: Path, name: str, text: str) -> Environment:
    """The site's environment, with one more template."""
    (folder / name).write_text(text, "utf-8")
    app.jinja_loader.searchpath.append(str(folder))  # type: ignore[union-attr]
    return app.jinja_env


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_a_compiled_sentence_says_what_a_looked_up_one_says(reader: Flask, tmp_path: Path, language: str) -> None:
    environment = of_file(reader, tmp_path, f"{language}.html", PAGE)
    told = {"value": "<3>", "word": "筛选"}
    try:
        with force_locale(language):
            assert environment.get_template(f"{language}.html").render(**told) == render_template_string(PAGE, **told)
            assert reader_language() == language
    finally:
        reader.jinja_loader.searchpath.pop()  # type: ignore[union-attr]


def test_each_language_has_its_own_template_and_nothing_is_looked_up_when_it_is_shown(
        reader: Flask, tmp_path: Path) -> None:
    environment = of_file(reader, tmp_path, "probe.html", "{{ _('筛选') }}")
    try:
        with force_locale("en"):
            english = environment.get_template("probe.html")
        chinese = environment.get_template("probe.html")
    finally:
        reader.jinja_loader.searchpath.pop()  # type: ignore[union-attr]
    assert (english.name, chinese.name) == (f"en{BETWEEN}probe.html", f"zh_Hans{BETWEEN}probe.html")
    assert english.render() == "Filter"
    assert chinese.render() == "筛选"


def test_a_word_is_remembered_in_each_language_and_never_mixed_up(reader: Flask) -> None:
    word = lazy_gettext("筛选")
    for _turn in range(2):
        assert str(word) == "筛选"
        with force_locale("en"):
            assert str(word) == _("筛选") == "Filter"
            assert words.help_type_word("job") == _("就业") != "就业"


def test_addresses_of_templates_are_those_of_flask(reader: Flask) -> None:
    told = render_template_string("{{ url_for('todo.todo') }} {{ url_for('offers.list_offers', help_type='job') }}")
    assert told == f"{url_for('todo.todo')} {url_for('offers.list_offers', help_type='job')}"
    with reader.test_request_context("/x", base_url="http://localhost/mounted"):
        assert render_template_string("{{ url_for('todo.todo') }}") == "/mounted/todo"


def test_what_is_remembered_is_made_once_for_each_language_and_value(reader: Flask) -> None:
    first = remembered("rail_links", ())
    assert remembered("rail_links", ()) is first
    with force_locale("en"):
        assert remembered("rail_links", ()) is not first
