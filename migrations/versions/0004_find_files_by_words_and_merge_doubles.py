"""Find files by words and merge doubles"""

import sqlalchemy as sa
from alembic import op

from matching.pinyin import folded, name_terms

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BATCH = 5_000
TERM = sa.String(length=60).with_variant(sa.String(length=60, collation="C"), "postgresql")
OLD_INDEXES = (
    ("ix_households_area_code", "households", ["area_code"]),
    ("ix_households_head_name", "households", ["head_name"]),
    ("ix_households_status_area_code", "households", ["status", "area_code"]),
    ("ix_members_name", "members", ["name"]),
    ("ix_needs_status_help_type", "needs", ["status", "help_type"]),
)
NEW_INDEXES = (
    ("ix_households_area_code_id", "households", ["area_code", "id", "status"]),
    ("ix_households_status_area_code_id", "households", ["status", "area_code", "id"]),
    ("ix_households_category_area_code_id", "households", ["category", "area_code", "id"]),
    ("ix_households_county_code_created_at_id", "households", ["county_code", "created_at", "id"]),
    ("ix_members_name_born_on", "members", ["name", "born_on"]),
    ("ix_needs_status_reported_on", "needs", ["status", "reported_on", "household_id", "given", "quantity"]),
    ("ix_needs_status_help_type_reported_on", "needs",
     ["status", "help_type", "reported_on", "household_id", "given", "quantity"]),
)
ADD = "INSERT INTO name_keys (household_id, term, county_code, area_code, name) VALUES (?, ?, ?, ?, ?)"
COPY = "COPY name_keys (household_id, term, county_code, area_code, name) FROM STDIN"
households = sa.table("households", *map(sa.column, (
    "id", "number", "county_code", "area_code", "head_name", "status")))
members = sa.table("members", *map(sa.column, ("household_id", "position", "name")))


def upgrade() -> None:
    for name, table, _columns in OLD_INDEXES:
        op.drop_index(name, table_name=table)
    for name, table, columns in NEW_INDEXES:
        op.create_index(name, table, columns)
    _make_name_keys()
    _make_told_apart()
    _make_merges()
    _fill(op.get_bind())
    op.create_index("ix_name_keys_county_code_term", "name_keys",
                    ["county_code", "term", "household_id", "area_code"])


def _make_name_keys() -> None:
    op.create_table(
        "name_keys",
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("term", TERM, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_name_keys_household_id"),
                                ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("household_id", "term", name=op.f("pk_name_keys")),
        sqlite_with_rowid=False,
    )


def _make_told_apart() -> None:
    op.create_table(
        "told_apart",
        sa.Column("low_id", sa.Integer(), nullable=False),
        sa.Column("high_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_told_apart_order")),
        sa.ForeignKeyConstraint(["low_id"], ["households.id"], name=op.f("fk_told_apart_low_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["high_id"], ["households.id"], name=op.f("fk_told_apart_high_id"),
                                ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("low_id", "high_id", name=op.f("pk_told_apart")),
    )
    op.create_index("ix_told_apart_high_id", "told_apart", ["high_id"])


def _make_merges() -> None:
    op.create_table(
        "household_merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("dropped_id", sa.Integer(), nullable=True),
        sa.Column("from_id", sa.Integer(), nullable=True),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_by_name", sa.String(length=60), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_name", sa.String(length=60), nullable=False),
        sa.CheckConstraint("kind IN ('household', 'person')", name=op.f("ck_household_merges_kind")),
        sa.ForeignKeyConstraint(["kept_id"], ["households.id"], name=op.f("fk_household_merges_kept_id"),
                                ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["dropped_id"], ["households.id"], name=op.f("fk_household_merges_dropped_id"),
                                ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["from_id"], ["households.id"], name=op.f("fk_household_merges_from_id"),
                                ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_merges")),
    )
    for column in ("kept_id", "dropped_id", "from_id"):
        op.create_index(f"ix_household_merges_{column}", "household_merges", [column])
    op.create_index("ix_household_merges_area_code_id", "household_merges", ["area_code", "id"])
    op.create_index("ix_household_merges_in_force", "household_merges", ["dropped_id"], unique=True,
                    sqlite_where=sa.text("undone_at IS NULL"), postgresql_where=sa.text("undone_at IS NULL"))


def _fill(connection: sa.Connection) -> None:
    """Write the words of the files that are there, some thousands at a time."""
    last = 0
    while rows := connection.execute(
            sa.select(households).where(households.c.id > last, households.c.status != "archived")
            .order_by(households.c.id).limit(BATCH)).all():
        people = connection.execute(sa.select(members.c.household_id, members.c.name).where(
            members.c.household_id > last, members.c.household_id <= rows[-1].id)
            .order_by(members.c.household_id, members.c.position)).all()
        names = {row.id: [row.head_name] for row in rows}
        for number, name in people:
            if number in names:
                names[number].append(name)
        _add(connection, [(row.id, term, row.county_code, row.area_code, name)
                          for row in rows for term, name in sorted(_terms(row.number, names[row.id]).items())])
        last = rows[-1].id


def _add(connection: sa.Connection, keys: list[tuple[object, ...]]) -> None:
    """Straight to the driver: there are eight for each of perhaps a million households."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(ADD, keys)
        return
    with connection.connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for key in keys:
            copy.write_row(key)


def _terms(number: str, names: list[str]) -> dict[str, str]:
    found = {folded(number): ""} | {term: name for name in reversed(names) for term in name_terms(name)}
    return {term: name for term, name in found.items() if term}


def downgrade() -> None:
    for table in ("household_merges", "told_apart", "name_keys"):
        op.drop_table(table)
    for name, table, _columns in NEW_INDEXES:
        op.drop_index(name, table_name=table)
    for name, table, columns in OLD_INDEXES:
        op.create_index(name, table, columns)
