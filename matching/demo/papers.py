"""Drawn papers for the demo's households with an account: a house, and a bill that says that it is invented."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

from matching.households.service_images import Clean, clean
from matching.printing import font_file

__all__ = ["bill", "house"]

SIZE = (1280, 960)
LINES = ("演示材料", "费用单据", "门诊　　　　86.00 元", "药费　　　 312.50 元", "合计　　　 398.50 元", "内容都是编的")


def house(serial: int) -> Clean:
    """A brick house under a grey sky."""
    picture = Image.new("RGB", SIZE, (200, 212, 220))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 700, *SIZE), fill=(150, 142, 118))
    draw.rectangle((260 + 40 * serial, 420, 980, 760), fill=(168, 112, 88))
    draw.polygon([(200 + 40 * serial, 430), (620, 220), (1040, 430)], fill=(86, 84, 90))
    draw.rectangle((560, 560, 680, 760), fill=(92, 64, 44))
    for left in (360 + 40 * serial, 780):
        draw.rectangle((left, 520, left + 130, 640), fill=(220, 228, 232), outline=(70, 60, 54), width=8)
    return _sent(picture, "房屋.jpg")


def bill() -> Clean:
    """A bill in large letters."""
    picture = Image.new("RGB", SIZE, (246, 243, 234))
    draw = ImageDraw.Draw(picture)
    letters = ImageFont.truetype(str(font_file()), 64)
    for number, line in enumerate(LINES):
        draw.text((140, 120 + 120 * number), line, fill=(40, 40, 44), font=letters)
    return _sent(picture, "单据.jpg")


def _sent(picture: Image.Image, name: str) -> Clean:
    """The picture as it would arrive from a phone."""
    written = io.BytesIO()
    picture.save(written, "JPEG")
    return clean(written.getvalue(), name)
