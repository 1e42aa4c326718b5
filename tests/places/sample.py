"""A small division tree in the published form: one real county with three towns, and the odd cases."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "provinces": "code,name\n35,福建省\n44,广东省\n",
    "cities": "code,name,provinceCode\n3508,龙岩市,35\n4419,东莞市,44\n",
    "areas": "code,name,cityCode,provinceCode\n350823,上杭县,3508,35\n350824,武平县,3508,35\n441900,东莞市,4419,44\n",
    "streets": (
        "code,name,areaCode,provinceCode,cityCode\n"
        "350823100,临江镇,350823,35,3508\n350823101,临城镇,350823,35,3508\n"
        "350823211,官庄畲族乡,350823,35,3508\n350824106,城厢镇,350824,35,3508\n441900003,东城街道,441900,44,4419\n"
    ),
    "villages": (
        "code,name,streetCode,provinceCode,cityCode,areaCode\n"
        "350823101205,玉女村委会,350823101,35,3508,350823\n"
        "350823101001,城东社区居委会,350823101,35,3508,350823\n"
        "350824106200,东岗村委会,350824106,35,3508,350824\n"
    ),
}
POINTS = {"350823": (25.05, 116.42), "350823101": (25.06, 116.41), "350823211": (25.31, 116.34)}


def write_sample(folder: Path) -> Path:
    """Write the five files into a folder and return it."""
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder
