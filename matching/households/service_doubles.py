"""Two files of one household become one, and can be parted again; two that only look alike are told apart.

A merge moves rows and takes nothing away: whatever refers to the dropped file (tables are found by their foreign keys)
goes to the kept one, people who stand in both stay in the dropped file, which is archived, and what the kept file does
not know it learns from the dropped one. What went is written down in the merge, so that `undo_merge` puts it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Column, Table, UniqueConstraint, select, update
from sqlalchemy.exc import IntegrityError

from matching.actor import Actor
from matching.audit.service import record
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households.models import Household, Member, Need, TimelineEntry
from matching.households.models_changes import FileChange
from matching.households.models_doubles import HouseholdMerge, ToldApart
from matching.households.queries_doubles import twins
from matching.households.service import add_to_timeline
from matching.households.service_changes import keep, state
from matching.households.service_names import key_files

__all__ = ["merge_households", "tell_apart", "undo_merge"]

STAYS = {"name_keys", "told_apart", "household_merges", "members", "needs", "erasures"}
"""Tables that say something of files themselves, or that are moved in a way of their own."""
PASSES = {"pairings"}
"""Tables whose rows may be gone when a merge is undone: a new run replaces the proposals of the last one."""
LEARNT = ("cause", "residence", "housing", "support", "registered_on", "phone", "address", "bank_account", "note")
LEARNT_OF_PEOPLE = (
    "identity_number", "certificate", "phone", "illness", "born_on", "sex", "health", "disability_kind",
    "disability_grade", "work_ability", "employment", "school_stage", "child_kind", "monthly_income_fen", "policies")


def tell_apart(one: Household, other: Household, actor: Actor, now: datetime) -> None:
    """Note that two files are two households; the pair is not shown again."""
    low, high = sorted((one.id, other.id))
    db.session.merge(ToldApart(low_id=low, high_id=high, by_id=actor.user_id, at=now))
    _record("household.apart", one, other, actor, now)


def merge_households(kept: Household, dropped: Household, actor: Actor, now: datetime) -> HouseholdMerge:
    """Move everything of one file into another, in the present transaction.

    Raises Invalid for one file twice or files of two counties, Conflict when one of them has been merged meanwhile.
    """
    if kept.id == dropped.id or kept.county_code != dropped.county_code:
        raise Invalid(_("只能并同一个县里的两份档案。"))
    status = claim(kept, dropped)
    both = {theirs.id: mine for theirs, mine in (
        (theirs, next(m for m in kept.members if m.id == number)) for number, theirs in twins(kept, dropped).items())}
    learnt = {"household": learn(kept, dropped, LEARNT, actor, now)}
    for member in dropped.members:
        if member.id in both and (fields := learn(both[member.id], member, LEARNT_OF_PEOPLE, actor, now)):
            learnt[str(member.id)] = fields | {"id": both[member.id].id}
    db.session.flush()
    moved = {"status": status, "learnt": learnt,
             "rows": {"members.household_id": _move_members(kept, dropped, set(both)),
                      "needs.household_id": _move_needs(kept, dropped), **_move_rows(kept, dropped)},
             "people": _point_to_twins({number: mine.id for number, mine in both.items()})}
    merge = _save(HouseholdMerge(kept_id=kept.id, dropped_id=dropped.id, area_code=kept.area_code, moved=moved,
                                 made_at=now, made_by_id=actor.user_id, made_by_name=actor.name), kept, dropped)
    add_to_timeline(kept.id, "household.merged", actor, now, number=dropped.number)
    _record("household.merge", kept, dropped, actor, now)
    return merge


def undo_merge(merge: HouseholdMerge, actor: Actor, now: datetime) -> None:
    """Put back what a merge of two files has moved. Raises Conflict, and changes nothing, when that is not possible."""
    if merge.kind != "household":
        raise ValueError("not a merge of two files")
    kept, dropped = end(merge, actor, now)
    moved = merge.moved
    _unlearn(moved["learnt"], kept, dropped, actor, now)
    db.session.flush()
    for name, rows in moved["rows"].items():
        _put_back(*column_of(name), rows, kept, dropped)
    for name, number, old in moved["people"]:
        table, column = column_of(name)
        _write(table, {column.name: old}, table.c.id == number)
    for target in ("needs", "members"):
        _follow(target, [row[0] for row in moved["rows"][f"{target}.household_id"]], kept, dropped)
    db.session.execute(update(Household).where(Household.id == dropped.id).values(status=moved["status"]),
                       execution_options={"synchronize_session": False})
    _settle(kept, dropped)
    add_to_timeline(kept.id, "household.unmerged", actor, now, number=dropped.number)
    _record("household.unmerge", kept, dropped, actor, now)


def claim(kept: Household, dropped: Household) -> str:
    """Archive the dropped file unless somebody was quicker; returns the status that it had.

    Both files are held until the transaction ends, the smaller id first, so that two officers who merge the same two
    files, whichever way round, wait for each other: the second finds one of them archived.
    """
    for household in sorted((kept, dropped), key=lambda row: row.id):
        db.session.refresh(household, with_for_update=True)
    status = dropped.status
    taken = db.session.scalar(
        update(Household).where(Household.id == dropped.id, Household.status != "archived")
        .values(status="archived").returning(Household.id), execution_options={"synchronize_session": False})
    if taken is None or kept.status == "archived":
        raise Conflict(_("刚才有人把其中一份并到别处了。请回到名单，看看现在的样子。"))
    db.session.refresh(dropped)
    return status


def end(merge: HouseholdMerge, actor: Actor, now: datetime) -> tuple[Household, Household]:
    """Mark a merge as undone unless somebody was quicker or a later merge builds on it; the kept and dropped files."""
    undone = db.session.scalar(
        update(HouseholdMerge).where(HouseholdMerge.id == merge.id, HouseholdMerge.undone_at.is_(None))
        .values(undone_at=now, undone_by_name=actor.name).returning(HouseholdMerge.id),
        execution_options={"synchronize_session": False})
    kept = db.session.get(Household, merge.kept_id)
    dropped = db.session.get(Household, merge.dropped_id or 0)
    if undone is None or kept is None or dropped is None:
        raise Conflict(_("这次合并已经撤回了。"))
    for household in sorted((kept, dropped), key=lambda row: row.id):
        db.session.refresh(household, with_for_update=True)
    if kept.status == "archived":
        raise Conflict(_("留下的那份后来又并到了别的档案里。请先撤回那一次。"))
    if dropped.status != "archived":
        raise Conflict(_("并掉的那份已经重新打开过，不能整份撤回。"))
    db.session.refresh(merge)
    return kept, dropped


def learn(mine: Any, theirs: Any, fields: tuple[str, ...], actor: Actor, now: datetime) -> dict[str, Any]:
    """Fill what one row does not know from another: field → the empty value that stood there."""
    before = state(mine)
    empty = {name: getattr(mine, name) for name in fields
             if getattr(mine, name) in (None, "", []) and getattr(theirs, name) not in (None, "", [])}
    for name in empty:
        value = getattr(theirs, name)
        setattr(mine, name, list(value) if isinstance(value, list) else value)
    keep(mine, before, actor, now, why=_("并入重复的档案"))
    return empty


def unlearn(mine: Any, theirs: Any, empty: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Take back what `learn` filled, where nobody has changed it since."""
    before = state(mine)
    for name, value in empty.items():
        if name != "id" and theirs is not None and getattr(mine, name) == getattr(theirs, name):
            setattr(mine, name, value)
    keep(mine, before, actor, now, why=_("撤回合并"))


def references(target: str) -> Iterator[tuple[Table, Column[Any]]]:
    """Every column of other tables that refers to `target` (table.column) and can be turned to another row.

    Left out are columns that are unique with others: their rows count something of their own file, and stay with it.
    """
    for table in db.metadata.sorted_tables:
        rules = [rule.columns.keys() for rule in table.constraints if isinstance(rule, UniqueConstraint)]
        rules += [index.columns.keys() for index in table.indexes if index.unique]
        for column in table.c:
            refers = any(key.target_fullname == target for key in column.foreign_keys)
            counted = column.primary_key or any(column.name in rule for rule in rules if len(rule) > 1)
            if refers and not counted and "id" in table.c:
                yield table, column


def column_of(name: str) -> tuple[Table, Column[Any]]:
    """Table and column that a merge has written down as `table.column`."""
    table_name, column_name = name.split(".")
    table = db.metadata.tables[table_name]
    return table, table.c[column_name]


def _table(model: type[Member | Need]) -> Table:
    return db.metadata.tables[model.__tablename__]


def _move_members(kept: Household, dropped: Household, both: set[int]) -> list[list[int]]:
    """Those who stand in the dropped file alone go behind the kept file's people: [id, old position]."""
    last = max((member.position for member in kept.members), default=0)
    going = [member for member in dropped.members if member.id not in both]
    for place, member in enumerate(going, start=last + 1):
        _write(_table(Member), {"household_id": kept.id, "position": place}, Member.id == member.id)
    return [[member.id, member.position] for member in going]


def _move_needs(kept: Household, dropped: Household) -> list[list[int]]:
    """Needs go with new numbers behind those of their kind: [id, old number]."""
    going = sorted(dropped.needs, key=lambda need: need.id)
    last = {need.help_type: 0 for need in going}
    for need in kept.needs:
        last[need.help_type] = max(last.get(need.help_type, 0), need.sequence)
    for need in going:
        last[need.help_type] += 1
        _write(_table(Need), {"household_id": kept.id, "sequence": last[need.help_type]}, Need.id == need.id)
    return [[need.id, need.sequence] for need in going]


def _move_rows(kept: Household, dropped: Household) -> dict[str, list[list[Any]]]:
    """All else that refers to the dropped file: table and column → [id, the place that it repeats]."""
    moved: dict[str, list[list[Any]]] = {}
    for table, column in references("households.id"):
        if table.name in STAYS:
            continue
        where = column == dropped.id
        place = table.c.area_code if "area_code" in table.c else None
        rows = db.session.execute(select(table.c.id, *([place] if place is not None else [])).where(where)).all()
        if rows:
            moved[f"{table.name}.{column.name}"] = [list(row) for row in rows]
            _write(table, {column.name: kept.id} | ({"area_code": kept.area_code} if place is not None else {}), where)
    return moved


def _point_to_twins(both: dict[int, int]) -> list[list[Any]]:
    """What refers to a person's entry in the dropped file refers to the kept one: [table.column, row, old entry]."""
    moved = []
    for table, column in references("members.id"):
        for old, new in both.items():
            ids = db.session.scalars(select(table.c.id).where(column == old)).all()
            moved += [[f"{table.name}.{column.name}", number, old] for number in ids]
            _write(table, {column.name: new}, column == old)
    return moved


def _put_back(table: Table, column: Column[Any], rows: list[list[Any]], kept: Household, dropped: Household) -> None:
    """Give rows back to the dropped file, with the number or place that they had there."""
    also = {"members": "position", "needs": "sequence"}.get(table.name, "area_code")
    for number, *before in rows:
        values = {column.name: dropped.id} | ({also: before[0]} if before else {})
        if not _write(table, values, table.c.id == number, column == kept.id) and not (
                table.name in PASSES and db.session.scalar(select(table.c.id).where(table.c.id == number)) is None):
            raise Conflict(_("合并以后，有些内容又被移走或删掉了，不能整份撤回。请按现在的样子改。"))


def _follow(target: str, ids: list[int], kept: Household, dropped: Household) -> None:
    """What was written since for needs or people that go back goes with them, and the story of their pairings."""
    changes = db.metadata.tables[FileChange.__tablename__]
    _write(changes, {"household_id": dropped.id}, changes.c.household_id == kept.id,
           changes.c.object_type == target.removesuffix("s"), changes.c.object_id.in_(ids))
    homes = {table.name: column for table, column in references("households.id") if table.name not in STAYS}
    for table, column in references(f"{target}.id"):
        if (home := homes.get(table.name)) is None:
            continue
        place = {"area_code": dropped.area_code} if "area_code" in table.c else {}
        _write(table, {home.name: dropped.id} | place, column.in_(ids), home == kept.id)
        if table.name in PASSES:
            story = db.metadata.tables[TimelineEntry.__tablename__]
            _write(story, {"household_id": dropped.id}, story.c.household_id == kept.id,
                   story.c.pairing_id.in_(select(table.c.id).where(home == dropped.id)))


def _unlearn(learnt: dict[str, Any], kept: Household, dropped: Household, actor: Actor, now: datetime) -> None:
    unlearn(kept, dropped, learnt["household"], actor, now)
    for number, empty in learnt.items():
        if number != "household" and (mine := db.session.get(Member, empty["id"])) is not None:
            unlearn(mine, db.session.get(Member, int(number)), empty, actor, now)


def _write(table: Table, values: dict[str, Any], *conditions: Any) -> int:
    """Change rows of any table; how many. Raises Conflict where another row has taken their number meanwhile."""
    try:
        done = db.session.execute(update(table).where(*conditions).values(**values))
    except IntegrityError:
        raise Conflict(_("并掉的那份里后来又写了东西，不能整份撤回。")) from None
    return done.rowcount  # type: ignore[attr-defined, no-any-return]


def _save(merge: HouseholdMerge, *files: Household) -> HouseholdMerge:
    db.session.add(merge)
    _settle(*files)
    return merge


def _settle(*files: Household) -> None:
    """Rows were moved behind the session's back: forget what it holds, and find the files by the people they have."""
    ids = [household.id for household in files]
    db.session.flush()
    db.session.expire_all()
    key_files(ids)


def _record(action: str, one: Household, other: Household, actor: Actor, now: datetime) -> None:
    """One entry for each of the two files, so that both tell of it."""
    for mine, theirs in ((one, other), (other, one)):
        record(actor, action, now, object_type="household", object_id=mine.id, household_id=mine.id,
               area_code=mine.area_code, changes={"with": theirs.id})
