"""PDF: rare names are drawn, what cannot be drawn is named, and nothing in the data is markup."""

from __future__ import annotations

import pytest

from matching.errors import Invalid
from matching.printing import missing_characters, pdf

pytestmark = pytest.mark.one_database
RARE = "䶮㛃𫖯𬭎㵘"


def sheet(**changed: object) -> dict[str, object]:
    section = {"heading": "家里人", "facts": [["电话", "****8123"]], "head": ["姓名", "岁"], "rows": [["何秀英", "41"]],
               "widths": [2, 1], "right": [1], "lines": ["一共 1 人"]}
    return {"lang": "zh", "title": "何秀英家", "lead": "户号 1", "made": "何干部做的", "sections": [section], **changed}


@pytest.fixture(autouse=True)
def in_a_request(app):
    """The words of a refusal are the reader's."""
    with app.test_request_context():
        yield


def test_every_rare_character_of_a_name_has_its_picture():
    assert missing_characters({"name": RARE, "list": [["王" + RARE, ("a", "é", "¥", "√", "①", "，")]]}) == []
    assert pdf("household", sheet(title=f"王{RARE}家")).startswith(b"%PDF-")


def test_what_cannot_be_drawn_is_named_and_no_file_is_made():
    with pytest.raises(Invalid, match=r"𠀋? ?🙂 U\+1F642"):
        pdf("household", sheet(title="何🙂家"))
    assert missing_characters({"a": "何🙂", "b": ["🙂\U000e0041"]}) == ["🙂", "\U000e0041"]


@pytest.mark.slow
@pytest.mark.parametrize("text", ["#panic()", "*粗* _斜_ $x$ `code` = 标题", '"#sys.inputs', "\\",
                                  "#import \"/etc/passwd\"",
                                  "[ ] { } < > @a <b>", "- 一\n- 二"])
def test_data_are_never_markup(text):
    assert pdf("household", sheet(title=text, lead=text, made=text)).startswith(b"%PDF-")


@pytest.mark.slow
def test_an_empty_form_and_a_long_one_are_made():
    assert pdf("household", sheet(sections=[])).startswith(b"%PDF-")
    section = dict(sheet()["sections"][0], rows=[["何秀英" * 30, str(number)] for number in range(300)])
    assert pdf("household", sheet(sections=[section])).count(b"/Type /Page\n") + 1 >= 1
