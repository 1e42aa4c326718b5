"""Fills an empty, migrated database with any number of households, many rows at a time.

One county of 20 towns with 25 villages each; names as frequent as in the census; every household has one to four
people with identity numbers and telephones (sealed as by the site), every other one an open need, one in 500 a double.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, String, Table, case, cast, func, insert, literal, select

from matching.crypto import Keyring, keyring
from matching.extensions import db
from matching.households.models import CATEGORIES, STATUSES
from matching.households.service_names import terms_of
from matching.places.models import Area
from matching.words import HELP_TYPES, UNITS

COUNTY = "970101"
TOWNS, VILLAGES = 20, 25
CHUNK = 4_000
BASE = 100_000
"""So many households are made up one by one; more are copies of these."""
SURNAMES = ("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任"
            "姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严单仇")
GIVEN = "秀英兰桂芳建国明华丽军伟红燕海波文志强玉珍春梅金凤荣贵生德才福庆云平小林永清学东成水根火旺木土财宝莲香菊花月娥"
NOW = datetime(2026, 11, 1, 2, tzinfo=UTC)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def fill(households: int, seed: int = 1) -> list[tuple[str, str, str]]:
    """Write so many households; returns a sample of them to look for: name, identity number and file number of each."""
    sample: list[tuple[str, str, str]] = []
    tables = [db.metadata.tables[name] for name in ("households", "members", "needs", "name_keys")]
    # On PostgreSQL an index made anew over rows that others may still see is not used until those are done.
    late = [index for table in tables for index in table.indexes] if households >= BASE else []
    with db.engine.begin() as connection:
        for index in late:
            index.drop(connection)
    with db.engine.begin() as connection:
        _fill_places(connection)
        first = BASE if households > BASE and households % BASE == 0 else households
        for rows in _chunks(first, Random(seed), keyring(), sample):  # nosec B311  # made-up instances
            for table in tables:
                if rows[table.name]:
                    connection.execute(insert(table), rows[table.name])
        for start in range(first, households, first):
            for table in tables:
                _copy(connection, table, start)
    with db.engine.begin() as connection:
        for index in late:
            index.create(connection)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return sample


BLIND = 32
"""Characters of a blind index; the last ones become the number of the file."""


def _copy(connection: Connection, table: Table, start: int) -> None:
    """Write the first households once more, with other numbers, from `start` on; the database itself does it, quickly.

    Their people bear the same names in the same places; nobody else has their identity numbers and telephones.
    """
    file = table.c.id if table.name == "households" else table.c.household_id
    number = cast(file + start, String)
    changed: dict[str, Any] = {file.name: file + start}
    if table.name == "households":
        changed["number"] = literal("QH-") + number
    elif table.name == "name_keys":
        changed["term"] = case((table.c.name == "", literal("qh") + number), else_=table.c.term)
    for column in table.c:
        if column.name.endswith("_blind"):
            changed[column.name] = func.substr(column, 1, BLIND - 8) + number
    columns = [column for column in table.c if column.name != "id" or column.name in changed]
    connection.execute(insert(table).from_select(
        [column.name for column in columns],
        select(*(changed.get(column.name, column) for column in columns)).where(file <= BASE)))


def villages() -> list[str]:
    """Codes of all villages."""
    return [f"{COUNTY}{town:03}{village:03}" for town in range(1, TOWNS + 1) for village in range(1, VILLAGES + 1)]


def _fill_places(connection: Connection) -> None:
    chain = [("97", "栖云省", "province", None), ("9701", "临溪市", "city", "97"), (COUNTY, "青禾县", "county", "9701")]
    chain += [(f"{COUNTY}{town:03}", f"第{town}镇", "town", COUNTY) for town in range(1, TOWNS + 1)]
    chain += [(code, f"第{code[9:]}村", "village", code[:9]) for code in villages()]
    table = db.metadata.tables[Area.__tablename__]
    for code, name, level, parent in chain:
        connection.execute(insert(table), {"code": code, "name": name, "level": level, "parent_code": parent,
                                           "is_local": False, "created_at": NOW})


def _chunks(count: int, rng: Random, ring: Keyring, sample: list[tuple[str, str, str]]
            ) -> Iterator[dict[str, list[dict[str, Any]]]]:
    names = ["".join([rng.choice(SURNAMES[:30] if rng.random() < 0.6 else SURNAMES),
                      *rng.choices(GIVEN, k=1 if rng.random() < 0.15 else 2)]) for _ in range(60_000)]
    places, kinds, each = villages(), list(HELP_TYPES), max(count // 200, 1)
    for start in range(1, count + 1, CHUNK):
        rows: dict[str, list[dict[str, Any]]] = {"households": [], "members": [], "needs": [], "name_keys": []}
        for number in range(start, min(start + CHUNK, count + 1)):
            people = rng.choices(names, k=rng.choice((1, 1, 2, 2, 2, 3, 4)))
            told = _household(number, people[0], rng.choice(places), rng, ring)
            rows["households"].append(told)
            identity = ""
            for position, name in enumerate(people, 1):
                member, own = _member(number, position, name, rng, ring)
                rows["members"].append(member)
                identity = identity or own
            rows["name_keys"] += [
                {"household_id": number, "county_code": COUNTY, "area_code": told["area_code"], "term": term,
                 "name": name}
                for term, name in terms_of(told["number"], people).items()]
            if number % 2:
                rows["needs"].append(_need(number, kinds[number // 2 % len(kinds)], rng))
            if number % each == 0:
                sample.append((people[-1], identity, told["number"]))
        yield rows


def _household(number: int, head: str, place: str, rng: Random, ring: Keyring) -> dict[str, Any]:
    seal, phone = os.urandom(16), f"13{rng.randrange(10**9):09}"
    return {"id": number, "seal": seal, "number": f"QH-{number:07}", "county_code": COUNTY, "area_code": place,
            "head_name": head, "phone_sealed": ring.seal(phone, b"households.phone:" + seal),
            "phone_blind": ring.blinds(phone)[0], "category": rng.choice(CATEGORIES), "residence": "", "cause": "",
            "housing": "", "support": "", "status": rng.choice(STATUSES[:4]) if number % 10 == 0 else "verified",
            "created_at": NOW - timedelta(minutes=number % 500_000), "updated_at": NOW}


def _member(household: int, position: int, name: str, rng: Random, ring: Keyring) -> tuple[dict[str, Any], str]:
    born = date(1935, 1, 1) + timedelta(days=rng.randrange(32_000))
    number = f"970101{born:%Y%m%d}{rng.randrange(1000):03}"
    number += "10X98765432"[sum(int(d) * w for d, w in zip(number, WEIGHTS, strict=True)) % 11]
    seal = os.urandom(16)
    return {"seal": seal, "household_id": household, "position": position, "name": name, "born_on": born,
            "relation": "head" if position == 1 else "other",
            "identity_number_sealed": ring.seal(number, b"members.identity_number:" + seal),
            "identity_number_blind": ring.blinds(number)[0],
            "certificate_blind": ring.blinds(f"{number}44")[0] if rng.random() < 0.07 else None,
            "phone_blind": ring.blinds(f"15{rng.randrange(10**9):09}")[0] if rng.random() < 0.3 else None,
            "sex": "female", "health": "", "disability_kind": "", "work_ability": "", "employment": "",
            "school_stage": "", "child_kind": "", "policies": []}, number


def _need(household: int, kind: str, rng: Random) -> dict[str, Any]:
    return {"household_id": household, "help_type": kind, "sequence": 1, "quantity": 1, "given": 0,
            "unit": UNITS[kind], "urgency": rng.randint(1, 5), "reported_on": NOW.date() - timedelta(
                days=rng.randrange(700)), "asks": [], "traits": [], "summary": "独居，想有人常来看看",
            "status": "open", "created_at": NOW}
