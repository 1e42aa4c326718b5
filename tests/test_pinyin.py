"""Under which letters names are found."""

from __future__ import annotations

import pytest

from matching.pinyin import LONGEST, folded, name_terms, readings


@pytest.mark.parametrize(("name", "terms"), [
    ("王秀兰", {"王秀兰", "wangxiulan", "wxl"}), ("单桂花", {"单桂花", "shanguihua", "sgh"}),
    ("曾一", {"曾一", "zengyi", "zy"}), ("仇海燕", {"仇海燕", "qiuhaiyan", "qhy"}),
    ("尉迟恭", {"尉迟恭", "yuchigong", "ycg"}), ("万俟明珠", {"moqimingzhu", "mqmz"}),
    ("吕布", {"lvbu", "lubu", "lb"}), ("张乐", {"zhangle", "zhangyue", "zl", "zy"}),
    ("𬭎文", {"𬭎文", "hongwen", "hw"}), ("㛃", {"㛃", "jie", "j"}), ("䶮", {"䶮", "yan", "y"}),
    ("Anna Lee", {"annalee"}), ("阿依古丽·买买提", {"阿依古丽买买提", "ayigulimaimaiti"}), ("", set())])
def test_terms_of_a_name(name, terms):
    assert terms <= name_terms(name)
    assert len(name_terms(name)) <= 9


@pytest.mark.parametrize(("surname", "wrong"), [("单", "dan"), ("曾", "ceng"), ("仇", "chou"), ("查", "cha"),
                                                ("朴", "pu"), ("区", "qu"), ("解", "jie"), ("王", "yu")])
def test_a_surname_is_read_as_a_surname(surname, wrong):
    assert not any(way[0] == wrong for way in readings(f"{surname}一"))


@pytest.mark.parametrize(("written", "same"), [
    ("Wáng Xiù-lán", "wangxiulan"), ("\uff37\uff38\uff2c", "wxl"), ("lǜ", "lv"), ("LYU", "lv"),
    (" 王\u3000秀兰 ", "王秀兰"), ("%_\\", "")])
def test_what_is_written_is_folded_like_names(written, same):
    assert folded(written) == same


def test_no_term_is_longer_than_its_column():
    assert max(map(len, name_terms("欧阳" * 30))) <= LONGEST
    assert len(folded("a" * 500)) == LONGEST
