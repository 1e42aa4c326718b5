"""What a reader may choose about reading, and where a choice leads back to. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

CHOICES: dict[str, tuple[str, ...]] = {
    "language": ("zh_Hans", "en"),
    "size": ("normal", "large", "elder"),
    "theme": ("light", "dark"),
}
"""Cookie name and its values, the default first."""


def accepted(kind: str, value: str | None) -> str:
    """`value` when it is one of the choices of `kind`, else the default."""
    return value if value in CHOICES[kind] else CHOICES[kind][0]


def same_site_path(target: str | None) -> str:
    """`target` when it is a path of this site, else "/".

    Browsers read "//host", "/\\host" and a line break in front of a slash as another site: refused.
    """
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return "/"
    if any(ord(character) < 32 or character == "\\" for character in target):
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc else target
