"""The answer keys of the two made-up districts in `tests/data`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from matching.exchange.areas import County

DATA = Path(__file__).resolve().parents[1] / "data"
DISTRICTS = ("anyuan", "jinjiang")
ABOVE = {"anyuan": ("江西省", "萍乡市"), "jinjiang": ("福建省", "泉州市")}
CATEGORIES = {"dibao_a": "低保A", "dibao_b": "低保B", "dibao_c": "低保C", "tekun": "特困", "margin": "低保边缘",
              "none": "未享受"}
RESIDENCES = {"urban": "城镇", "rural": "农村"}


@cache
def key(district: str) -> dict[str, Any]:
    """The answer key of a district."""
    answers: dict[str, Any] = json.loads((DATA / district / "answers.json").read_text("utf-8"))
    return answers


@cache
def county(district: str) -> County:
    """The district as reading needs it."""
    answers = key(district)
    return County(answers["made_with"]["code"], answers["made_with"]["name"],
                  {code: town["name"] for code, town in answers["by_town"].items()}, ABOVE[district])


def faults(district: str, file: str) -> set[tuple[int, str, str, str, str]]:
    """Row, column, field, kind and verdict of each fault that the key names in a file."""
    return {(fault["row"], fault["col"], fault["field"], fault["kind"], fault["verdict"])
            for fault in key(district)["faults"] if fault["file"] == file}
