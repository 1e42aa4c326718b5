"""Menus in tests: drawing one as an officer would, and a signature."""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select

from matching.extensions import db
from matching.pairings.models_menus import Menu


def menus() -> list[Menu]:
    """All menus, the oldest first."""
    db.session.expire_all()
    return list(db.session.scalars(select(Menu).order_by(Menu.id)))


def draw(client: Any, household_id: int) -> Any:
    """Let the page draw a menu."""
    return client.send(f"/pairings/{household_id}/show-menu", f"/pairings/{household_id}/draw-menu")


def picture() -> bytes:
    """A stroke with a finger, as PNG."""
    sheet = Image.new("RGB", (320, 180), "white")
    ImageDraw.Draw(sheet).line((20, 90, 300, 60), fill="black", width=3)
    kept = io.BytesIO()
    sheet.save(kept, "PNG")
    return kept.getvalue()


def signature() -> str:
    """The same as the page's canvas sends it."""
    return "data:image/png;base64," + base64.b64encode(picture()).decode()
