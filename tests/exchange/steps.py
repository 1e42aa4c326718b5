"""What tests of imports do again and again: write a register, bring it by the site, let the scheduler work."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from matching import jobs_imports
from matching.exchange.models import Import
from matching.extensions import db
from tests.conftest import CheckedClient
from tests.exchange.registers import identity

HEADER = ["户编号", "镇街", "村", "姓名", "关系", "身份证号", "电话", "救助类型", "月收入", "住址"]


def person(number: str, at: int, rel: str = "户主", town: str = "双溪镇", village: str = "坳下村", **other: Any
           ) -> list[Any]:
    """One row: the `at`-th invented person."""
    row = {"户编号": number, "镇街": town, "村": village, "姓名": f"周桂{'甲乙丙丁戊己庚辛壬癸'[at % 10]}", "关系": rel,
           "身份证号": identity("970101", "19700101", 990 + at), "电话": f"1390000{at:04}", "救助类型": "低保A类",
           "月收入": 300, "住址": "坳下村七里塘十四组二号", **other}
    return [row[name] for name in HEADER]


def book(*rows: list[Any], header: list[str] | None = None, sheet: str = "台账") -> bytes:
    """A workbook of one sheet."""
    made, out = Workbook(), io.BytesIO()
    assert made.active is not None
    made.active.title = sheet
    for row in (header or HEADER, *rows):
        made.active.append(row)
    made.save(out)
    return out.getvalue()


TWO_HOMES = (person("QH00001", 1), person("QH00001", 2, "配偶"), person("QH00002", 3))


def bring(client: CheckedClient, content: bytes | Path, name: str = "台账.xlsx", **fields: Any) -> int:
    """Upload a file; the number of its import."""
    content = content.read_bytes() if isinstance(content, Path) else content
    form = client.page("/exchange/add-import").form("/exchange/add-import")
    answer = client.post("/exchange/add-import", data={**form.values, **fields, "file": (io.BytesIO(content), name)},
                         content_type="multipart/form-data")
    assert answer.status_code == 302, answer.get_data(as_text=True)[:2000]
    return int(answer.location.split("/")[2])


def worked(import_id: int) -> Import:
    """What the scheduler's next sweep makes of an import."""
    db.session.commit()
    jobs_imports.work_waiting()
    db.session.expire_all()
    return db.session.get_one(Import, import_id)


def brought(client: CheckedClient, *rows: list[Any], **fields: Any) -> Import:
    """A register that was uploaded and read."""
    return worked(bring(client, book(*(rows or TWO_HOMES)), **fields))


def press(client: CheckedClient, row: Import, verb: str) -> Any:
    """Press a button of an import's page."""
    return client.send(f"/exchange/{row.id}/show-import", f"/exchange/{row.id}/{verb}")


def confirmed(client: CheckedClient, row: Import) -> Import:
    """An import that was confirmed and written."""
    assert press(client, row, "confirm-import").status_code == 302
    return worked(row.id)
