"""The checker that looks at every page of every test: it must see what it claims to see."""

from __future__ import annotations

import pytest

from tests import html

GOOD = """<!doctype html><html lang="zh-Hans"><head><title>今天 · 结对</title></head><body><h1>今天要办 4 件</h1>
<form method="post" action="/x"><input type="hidden" name="csrf_token" value="t">
<label for="a">姓名</label><input id="a" name="name" value="李" aria-describedby="hint"><p id="hint">全名</p>
<label><input type="checkbox" name="yes" checked> 同意</label>
<label for="s">镇街</label><select id="s" name="town"><option value="1">甲</option>
<option value="2" selected>乙</option></select>
<label for="t">说明</label><textarea id="t" name="note">写在这里</textarea>
<button name="do" value="1">保存</button></form>
<a href="/desk">结对 <b>台</b></a><svg aria-hidden="true"><use href="/s.svg#i"/></svg></body></html>"""


def test_a_good_page_has_no_faults() -> None:
    assert html.faults(GOOD) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('lang="zh-Hans"', 'lang="zh"', "lang is 'zh'"),
        ("<title>今天 · 结对</title>", "", "no title"),
        ("<h1>今天要办 4 件</h1>", "", "0 first-level headings"),
        ("</form>", "</form><h1>又一个</h1>", "2 first-level headings"),
        ("</form>", "</form><h2> </h2>", "heading without words: h2"),
        ('<p id="hint">', '<p id="a">', "id a is used 2 times"),
        ('<p id="hint">', "<p>", "aria-describedby names no element: hint"),
        ('<label for="a">姓名</label>', "", "no label: input name"),
        ('<label for="s">镇街</label>', "", "no label: select town"),
        ('<input type="hidden" name="csrf_token" value="t">', "", "form to '/x' has no CSRF token"),
        ("</form>", "</form><script>x()</script>", "refused by the content policy: script without nonce"),
        ("<h1>", '<h1 style="color:red">', "refused by the content policy: h1 style"),
        ("<h1>", '<h1 onclick="x()">', "refused by the content policy: h1 onclick"),
        ("</form>", '</form><img src="/x.png">', "1 images without alt"),
        ("</form>", "</form><h3>跳了一级</h3>", "h3 after h1"),
        ("</form>", "</form><section><p>没有标题</p></section>", "section without a heading"),
        ("</form>", '</form><label>拍照<input type="file" capture="environment"></label>',
         "capture='environment' on input file"),
        ("</form>", '</form><label>照<input type="file" accept="image/*" capture></label>', "capture='' on input file"),
        ("结对 <b>台</b>", "结对 <button>台</button>", "button stands in something to click"),
        ("全名</p>", "全名<div>甲</div></p>", "div stands in p"),
        ("</form>", "</form><ul><p>甲</p></ul>", "p stands in ul"),
        ("结对 <b>台</b>", "结对 <b>台", "b is not closed before a"),
        ("<h1>", '<h1 class="a" class="b">', "h1 has an attribute twice"),
    ],
)
def test_each_fault_is_named(before: str, after: str, fault: str) -> None:
    assert before in GOOD
    assert fault in html.faults(GOOD.replace(before, after, 1))


def test_a_form_gives_what_a_browser_would_send() -> None:
    form = html.read(GOOD).form("/x")
    assert form.values == {"csrf_token": "t", "name": "李", "yes": "on", "town": "2", "note": "写在这里"}


def test_links_and_text_are_read_without_markup() -> None:
    page = html.read(GOOD)
    assert page.links == [("/desk", "结对 台")]
    assert "今天要办 4 件" in page.text
