"""Invented photos and papers for tests."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

__all__ = ["huge_png", "photo", "upload"]

GPS = 0x8825


def photo(kind: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", *, orientation: int = 0,
          gps: bool = False, colour: str = "red", **options: Any) -> bytes:
    """A picture whose left half is coloured and whose right half is white."""
    picture = Image.new("RGB", size, "white")
    picture.paste(Image.new("RGB", (size[0] // 2, size[1]), colour), (0, 0))
    picture = picture.convert(mode)
    exif = picture.getexif()
    if orientation:
        exif[0x0112] = orientation
    if gps:
        exif[0x010F] = "GpsCameraMaker"
        exif.get_ifd(GPS).update({1: "N", 2: (27.0, 36.0, 42.0), 3: "E", 4: (113.0, 54.0, 43.0)})
    written = io.BytesIO()
    picture.save(written, kind, exif=exif.tobytes(), **options)
    return written.getvalue()


def huge_png(side: int = 30_000) -> bytes:
    """A PNG that says it has side × side pixels, in a few hundred bytes."""
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(
        b"IEND", b"")


def upload(content: bytes, name: str = "IMG_0001.jpg") -> tuple[io.BytesIO, str]:
    """A file as the test client sends it."""
    return io.BytesIO(content), name
