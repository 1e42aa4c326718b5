"""What is accepted as a paper: photos are drawn anew, so that nothing but the picture remains; PDF is kept as it is.

A photo is opened by one of three decoders only, its size in pixels is read before it is decoded, it is turned
the right way up, made smaller where it is larger than a page needs, and written as a new JPEG without EXIF, place,
comments or whatever was hung on behind.
"""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import dataclass

from flask_babel import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from matching.errors import Invalid

__all__ = ["Clean", "clean", "file_name"]

MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = {"JPEG": 64_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
"""JPEG is decoded at a smaller size at once; the others need four bytes a pixel."""
LONGEST_SIDE = 2400
QUALITY = 82
NAME_LENGTH = 80
FIELD = "files"
Image.MAX_IMAGE_PIXELS = None  # our own limits, above, are lower and say how large the picture is
_HEIC = (b"heic", b"heix", b"hevc", b"heif", b"mif1", b"msf1", b"avif")
_MAGIC = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}


@dataclass(frozen=True, slots=True)
class Clean:
    """A file that may be kept: its bytes, their type and a harmless name."""

    content: bytes
    mime: str
    name: str


def clean(content: bytes, written_name: str) -> Clean:
    """What is kept of a file that somebody sent. Raises Invalid (field `files`) that says what is wrong with it."""
    name = file_name(written_name)
    if not content:
        raise Invalid(_("“%(name)s”是空的，请重新选一个。", name=name), FIELD)
    if len(content) > MOST_BYTES:
        raise Invalid(_("“%(name)s”太大，一个文件最多 %(n)s MB。", name=name, n=MOST_BYTES // 1024 ** 2), FIELD)
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise Invalid(_("“%(name)s”没有传完整或已损坏，请重新选一个。", name=name), FIELD)
        return Clean(content, "application/pdf", f"{name}.pdf")
    return Clean(_drawn_anew(content, name), "image/jpeg", f"{name}.jpg")


def file_name(written: str) -> str:
    """A file's name without folder, ending, control and direction marks, at most 80 characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFKC", written))[-1]
    stem = last.rsplit(".", 1)[0] if "." in last[1:] else last
    kept = "".join(c for c in stem if unicodedata.category(c)[0] not in "CZ" or c == " ")
    kept = re.sub(r"[<>:\"|?*%]", "", kept).strip(" .")
    return kept[:NAME_LENGTH] or _("没有名字")


def _drawn_anew(content: bytes, name: str) -> bytes:
    """The picture as a new JPEG."""
    kind = _kind(content, name)
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            if image.width * image.height > MOST_PIXELS[kind]:
                raise Invalid(_("“%(name)s”太大了（%(width)s × %(height)s 像素）。请用普通拍照方式再拍一张。",
                                name=name, width=image.width, height=image.height), FIELD)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            picture = ImageOps.exif_transpose(image)
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _jpeg(picture)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Invalid(_("“%(name)s”打不开，可能没有传完整。请重新拍一张或选一个。", name=name), FIELD) from None


def _kind(content: bytes, name: str) -> str:
    """Which decoder may open it, by its first bytes; the name says nothing."""
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        raise Invalid(_("“%(name)s”是 HEIC 格式，这里打不开。请在手机设置里把相机格式改成“兼容性最佳”，"
                        "或者截一张图再传。", name=name), FIELD)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            return kind
    raise Invalid(_("“%(name)s”不是照片也不是 PDF。只收 JPEG、PNG、WebP 照片和 PDF。", name=name), FIELD)


def _jpeg(picture: Image.Image) -> bytes:
    if picture.mode in ("RGBA", "LA", "PA", "P"):
        seen = picture.convert("RGBA")
        ground = Image.new("RGB", seen.size, "white")
        ground.paste(seen, mask=seen.getchannel("A"))
        picture = ground
    written = io.BytesIO()
    Image.frombytes("RGB", picture.size, picture.convert("RGB").tobytes()).save(
        written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
