"""Templates, read once for each language.

A sentence of a template is looked up when the template is compiled, not each time it is shown: `_('筛选')` becomes
text like the markup around it, `_('共 %(n)s 户', n=n)` a format that is ready. A page has some fifty of them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, MutableMapping
from functools import lru_cache
from typing import Any, cast

from babel.support import Translations
from flask import Flask, get_template_attribute, has_request_context, request
from flask import url_for as flask_url_for
from flask.templating import Environment
from jinja2 import BaseLoader, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from matching.formatting import asset
from matching.language import reader_language

BETWEEN = ":"
"""Between language and name of a template: `en:todo/todo.html`."""


@lru_cache
def _catalogue(folder: str, language: str) -> Translations:
    return cast(Translations, Translations.load(folder, [language]))


class _Sentences(NodeTransformer):
    """Puts sentences into a template's tree: what `jinja2.ext.i18n` (newstyle) would make of them when it is shown."""

    def __init__(self, catalogue: Translations) -> None:
        self.catalogue = catalogue

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  the visitor's own spelling
        """`_(…)` and `pgettext(…, …)` of constants; any other call stays as it is."""
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        told = [arg.value for arg in node.args if isinstance(arg, nodes.Const)]
        if (name, len(told)) not in (("_", 1), ("pgettext", 2)) or len(told) < len(node.args) or node.dyn_kwargs:
            return node
        text = self.catalogue.ugettext(*told) if name == "_" else self.catalogue.upgettext(*told)
        if not node.kwargs:
            return nodes.Const(Markup(text) % {}, lineno=node.lineno)  # noqa: S704  # nosec B704  our own words
        pairs = [nodes.Pair(nodes.Const(pair.key), pair.value) for pair in node.kwargs]
        return nodes.Mod(nodes.Const(Markup(text)), nodes.Dict(pairs), lineno=node.lineno)  # noqa: S704  # nosec B704  the same


class _Code(CodeGenerator):
    """Compiles a template in the language that its name begins with."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802  the same
        """The whole template; one without a language (made of a string) keeps its calls."""
        language, between, _name = (self.name or "").partition(BETWEEN)
        if between:
            folder = cast("SpokenEnvironment", self.environment).app.config["BABEL_TRANSLATION_DIRECTORIES"]
            node = _Sentences(_catalogue(folder, language)).visit(node)
        super().visit_Template(node, frame)


class _Loader(BaseLoader):
    """Reads `en:todo/todo.html` from where `todo/todo.html` lies."""

    def __init__(self, plain: BaseLoader) -> None:
        self.plain = plain

    def get_source(self, environment: Any, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """The text of a template, its file and whether it is still the same."""
        return self.plain.get_source(environment, template.partition(BETWEEN)[2] or template)


class SpokenEnvironment(Environment):
    """Gives each reader the templates of the language that they read."""

    code_generator_class = _Code

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **{"loader": _Loader(app.create_global_jinja_loader()), "cache_size": -1, **options})

    def get_template(self, name: str | Template, parent: str | None = None,
                     globals: MutableMapping[str, Any] | None = None) -> Template:  # noqa: A002  as in Jinja
        """A template by its plain name; what it extends, includes and imports comes in the same language."""
        if isinstance(name, str):
            name = f"{reader_language()}{BETWEEN}{name}"
        return super().get_template(name, parent, globals)


    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The names that all templates know; without any of its own a template shares the one table of them."""
        return super().make_globals(d) if d else self.globals


_addresses: dict[tuple[str, str], str] = {}
_made: dict[Hashable, Markup] = {}
MOST_MADE = 1_000


def url_for(endpoint: str, **values: Any) -> str:
    """`flask.url_for` for templates; addresses without values, those of every menu, are worked out once."""
    if values or endpoint.startswith(".") or not has_request_context():
        return flask_url_for(endpoint, **values)
    key = request.script_root, endpoint
    if key not in _addresses:
        _addresses[key] = flask_url_for(endpoint)
    return _addresses[key]


def remembered(component: str, *values: Hashable) -> Markup:
    """What the macro of a component makes of values, made once for each language: for menus, the same on every page.

    The macro's name is the component's; it shows nothing but its values, sentences and icons.
    """
    key = component, reader_language(), asset("img/sprite.svg"), request.script_root, values
    if key not in _made:
        if len(_made) >= MOST_MADE:
            _made.clear()
        _made[key] = get_template_attribute(f"components/{component}.html", component)(*values)
    return _made[key]


def register_templating(app: Flask) -> None:
    """Use these templates; before anything else asks for the environment."""
    app.jinja_environment = SpokenEnvironment  # type: ignore[assignment]
    app.jinja_env.globals.update(url_for=url_for, remembered=remembered)
