"""What is accepted as a paper, and what is left of it (promise 23)."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from flask import Flask
from PIL import Image

from matching.errors import Invalid
from matching.households.service_images import LONGEST_SIDE, clean, file_name
from tests.households.pictures import huge_png, photo

pytestmark = pytest.mark.one_database
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200


@pytest.fixture(autouse=True)
def in_a_request(app: Flask):
    """The words of a refusal are the reader's."""
    with app.test_request_context():
        yield


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGB"),
                                            ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("WEBP", "RGBA")])
def test_a_photo_becomes_a_new_jpeg(kind, mode):
    kept = clean(photo(kind, mode=mode, colour="black"), "照片.png")
    picture = opened(kept.content)
    assert (picture.format, picture.mode, picture.size, kept.mime, kept.name) == (
        "JPEG", "RGB", (640, 480), "image/jpeg", "照片.jpg")
    assert sum(picture.getpixel((600, 400))) > 700, "what was see-through is white, not black"


def test_the_place_and_the_camera_are_gone_and_the_picture_stands_upright():
    sent = photo(orientation=6, gps=True, comment=b"13900007351")
    assert b"GpsCameraMaker" in sent
    kept = clean(sent, "IMG_0001.JPG").content
    picture = opened(kept)
    assert dict(picture.getexif()) == {}
    assert not {"exif", "icc_profile", "comment", "xmp"} & picture.info.keys()
    assert b"GpsCameraMaker" not in kept
    assert b"13900007351" not in kept
    assert picture.size == (480, 640)
    red, _, blue = picture.getpixel((240, 100))
    assert red > 200 > blue, "the coloured side has turned to the top"


@pytest.mark.slow
def test_a_large_photo_is_made_smaller():
    kept = clean(photo(size=(4000, 3000)), "大.jpg")
    assert max(opened(kept.content).size) == LONGEST_SIDE


@pytest.mark.parametrize("hung_on", [HTML, SVG, b"PK\x03\x04" + b"zip" * 50, b"%PDF-1.4 %%EOF"])
def test_what_is_hung_on_behind_a_picture_is_gone(hung_on):
    assert hung_on not in clean(photo() + hung_on, "x.jpg").content


@pytest.mark.parametrize(("content", "says"), [
    (SVG, "不是照片也不是 PDF"), (HTML, "不是照片也不是 PDF"), (HEIC, "HEIC"), (b"", "空"),
    (b"GIF89a" + b"\0" * 99, "PDF"),
    (b"\xff\xd8\xff" + HTML, "打不开"), (photo()[:500], "打不开"), (b"RIFF\x10\0\0\0WEBPVP8 " + b"x" * 90, "打不开"),
    (b"\x89PNG\r\n\x1a\n" + SVG, "打不开"), (b"%PDF-1.7 cut short", "没有传完整"),
    (b"II*\0" + b"\0" * 100, "PDF"), (b"\0" * 15_800_000, "太大"), (b"<?php echo 1;", "PDF")])
def test_everything_else_is_refused_and_says_why(content, says):
    with pytest.raises(Invalid, match=says) as refused:
        clean(content, "材料.jpg")
    assert refused.value.field == "files"
    assert "材料" in refused.value.message


def test_a_picture_of_nine_hundred_million_pixels_is_refused_before_it_is_decoded():
    tracemalloc.start()
    with pytest.raises(Invalid, match="30000 × 30000 像素"):
        clean(huge_png(), "bomb.png")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_pdf_is_kept_as_it_is():
    content = b"%PDF-1.4\n" + b"x" * 3000 + b"\n%%EOF\n"
    assert clean(content, "诊断书.PDF") == clean(content, "诊断书.pdf")
    assert clean(content, "诊断书.pdf").content == content


@pytest.mark.parametrize(("written", "name"), [
    ("IMG_0001.JPG", "IMG_0001"), ("../../etc/passwd", "passwd"), (r"C:\Users\何\诊断书.pdf", "诊断书"),
    ("身份证\u202egpj.exe", "身份证gpj"), ("a\x00b\r\nSet-Cookie: x.jpg", "abSet-Cookie x"),
    ("长" * 300 + ".jpg", "长" * 80),
    ("<script>.jpg", "script"), ("", "没有名字"), ("...", "没有名字"), ("㛃䶮.png", "㛃䶮"), (".htaccess", "htaccess")])
def test_a_name_is_harmless(written, name):
    assert file_name(written) == name
