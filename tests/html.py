"""Reads a page as a test needs it (title, headings, forms, links, text) and says what is wrong with its HTML."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

__all__ = ["Form", "Page", "faults", "read"]

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
ACTIVE = frozenset("a button input select textarea label summary".split())
BLOCKS = frozenset("address article aside blockquote details div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 "
                   "header hr main nav ol p section table ul".split())
CHILDREN = {"ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd", "div"}, "tr": {"th", "td"},
            "select": {"option", "optgroup"}, "tbody": {"tr"}, "thead": {"tr"}}
NEED_NO_LABEL = frozenset({"hidden", "submit", "button", "reset", "image"})


@dataclass
class Control:
    """One input, select, textarea or button of a form."""

    tag: str
    attributes: dict[str, str]
    in_label: bool
    value: str = ""
    options: int = 0


@dataclass
class Form:
    """One form: where it goes and what a browser would send if nobody touched it."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    @property
    def values(self) -> dict[str, str]:
        """Names and present values, without buttons and unticked boxes."""
        sent: dict[str, str] = {}
        for control in self.controls:
            kind = control.attributes.get("type", "")
            if control.tag == "button" or kind in ("submit", "button", "reset", "image", "file"):
                continue
            if kind in ("checkbox", "radio") and "checked" not in control.attributes:
                continue
            if name := control.attributes.get("name"):
                sent[name] = control.value
        return sent


class Page(HTMLParser):
    """A parsed page. `forms`, `links` (href, text), `headings` ((level, text)), `title`, `text`.

    `misplaced`: what stands where the HTML standard does not let it stand, or is not closed.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lang = self.title = ""
        self.forms: list[Form] = []
        self.loose: list[Control] = []
        self.links: list[tuple[str, str]] = []
        self.headings: list[tuple[int, str]] = []
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.refers: list[tuple[str, str]] = []
        self.images_without_alt = 0
        self.inline: list[str] = []
        self.misplaced: list[str] = []
        self._sections: list[int] = []
        self._open: list[tuple[str, dict[str, str], int]] = []
        self._words: list[str] = []
        self._select: Control | None = None
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        """All visible words, blanks folded."""
        return " ".join("".join(self._words).split())

    def form(self, action: str) -> Form:
        """The one form that posts to `action` (query left out)."""
        found = [form for form in self.forms if form.action.split("?")[0] == action]
        assert len(found) == 1, f"{len(found)} forms go to {action}; there are {[f.action for f in self.forms]}"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the checks and tests ask for."""
        attributes = {name: value or "" for name, value in attrs}
        self._note_attributes(tag, attributes)
        self._note_place(tag, attributes, len(attrs) - len(attributes))
        if tag == "html":
            self.lang = attributes.get("lang", "")
        elif tag == "form":
            self.forms.append(Form(attributes.get("action", ""), attributes.get("method", "get").lower()))
        elif tag == "label" and "for" in attributes:
            self.labelled.add(attributes["for"])
        elif tag == "img" and "alt" not in attributes:
            self.images_without_alt += 1
        if tag in ("input", "select", "textarea", "button"):
            self._note_control(tag, attributes)
        if tag == "option" and self._select is not None and ("selected" in attributes or not self._select.options):
            self._select.value = attributes.get("value", "")
        if tag == "option" and self._select is not None:
            self._select.options += 1
        if tag not in VOID:
            self._open.append((tag, attributes, len(self._words)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<use/>` and its like open and close at once."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def _note_attributes(self, tag: str, attributes: dict[str, str]) -> None:
        if "id" in attributes:
            self.ids.append(attributes["id"])
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            self.refers += [(name, target) for target in attributes.get(name, "").split()]
        self.inline += [f"{tag} {name}" for name in attributes if name == "style" or name.startswith("on")]
        inline_script = tag == "script" and "src" not in attributes and attributes.get("type") != "application/json"
        if (inline_script or tag == "style") and not attributes.get("nonce"):
            self.inline.append(f"{tag} without nonce")

    def _note_place(self, tag: str, attributes: dict[str, str], twice: int) -> None:
        around = [open_tag for open_tag, _, _ in self._open]
        if twice:
            self.misplaced.append(f"{tag} has an attribute twice")
        if around and tag not in CHILDREN.get(around[-1], {tag}) | {"script", "template"}:
            self.misplaced.append(f"{tag} stands in {around[-1]}")
        if tag in BLOCKS and "p" in around:
            self.misplaced.append(f"{tag} stands in p")
        if (tag in ACTIVE and {"a", "button"} & set(around)) or (tag in ("form", "label") and tag in around):
            self.misplaced.append(f"{tag} stands in something to click")
        if "capture" in attributes and (attributes.get("type") != "file" or not attributes.get("accept")
                                        or attributes["capture"] not in ("user", "environment")):
            self.misplaced.append(f"capture={attributes['capture']!r} on {tag} {attributes.get('type', '')}")
        if tag == "section":
            self._sections.append(len(self.headings))

    def _note_control(self, tag: str, attributes: dict[str, str]) -> None:
        in_label = any(open_tag == "label" for open_tag, _, _ in self._open)
        default = "on" if attributes.get("type") in ("checkbox", "radio") else ""
        control = Control(tag, attributes, in_label, attributes.get("value", default))
        in_form = any(open_tag == "form" for open_tag, _, _ in self._open)
        if attributes.get("form"):
            self.loose.append(control)
        else:
            (self.forms[-1].controls if in_form else self.loose).append(control)
        self._select = control if tag == "select" else None

    def handle_endtag(self, tag: str) -> None:
        """Close up to the matching tag; keep the words of headings, links, titles and text areas."""
        while self._open:
            name, attributes, start = self._open.pop()
            if name != tag:
                self.misplaced.append(f"{name} is not closed before {tag}")
            words = "".join(self._words[start:])
            if name == "title" and not any(tag == "svg" for tag, _, _ in self._open):
                self.title = words.strip()
            elif name == "a":
                self.links.append((attributes.get("href", ""), " ".join(words.split())))
            elif name == "textarea":
                (self.forms[-1].controls if self.forms else self.loose)[-1].value = words
            elif len(name) == 2 and name[0] == "h" and name[1].isdigit():
                self.headings.append((int(name[1]), " ".join(words.split())))
            elif name == "section" and self._sections.pop() == len(self.headings) and not attributes.get("aria-label"):
                self.misplaced.append("section without a heading")
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        """Collect words, but not code."""
        if not self._open or self._open[-1][0] not in ("script", "style"):
            self._words.append(data)


def read(html: str) -> Page:
    """Parse a whole page."""
    return Page(html)


def faults(html: str) -> list[str]:
    """Everything wrong with a page that a machine can see at once; empty when all is well."""
    page = read(html)
    found = [f"id {name} is used {count} times" for name, count in Counter(page.ids).items() if count > 1]
    if page.lang not in ("zh-Hans", "en"):
        found.append(f"lang is {page.lang!r}")
    if not page.title:
        found.append("no title")
    if (firsts := sum(level == 1 for level, _ in page.headings)) != 1:
        found.append(f"{firsts} first-level headings")
    found += [f"h{level} after h{before}" for (before, _), (level, _) in pairwise(page.headings) if level > before + 1]
    found += page.misplaced
    found += [f"heading without words: h{level}" for level, words in page.headings if not words]
    found += [f"{name} names no element: {target}" for name, target in page.refers if target not in set(page.ids)]
    found += [f"refused by the content policy: {what}" for what in page.inline]
    if page.images_without_alt:
        found.append(f"{page.images_without_alt} images without alt")
    for form in page.forms:
        if form.method == "post" and "csrf_token" not in form.values:
            found.append(f"form to {form.action!r} has no CSRF token")
    controls = [*page.loose, *(control for form in page.forms for control in form.controls)]
    return found + [f"no label: {_name(control)}" for control in controls if _lacks_label(control, page.labelled)]


def _lacks_label(control: Control, labelled: set[str]) -> bool:
    attributes = control.attributes
    if control.tag == "button" or attributes.get("type") in NEED_NO_LABEL or control.in_label:
        return False
    named = attributes.get("aria-label") or attributes.get("aria-labelledby")
    return not named and attributes.get("id") not in labelled


def _name(control: Control) -> str:
    return f"{control.tag} {control.attributes.get('name', '')}".strip()
