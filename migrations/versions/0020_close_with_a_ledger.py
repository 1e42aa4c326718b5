"""Close with a ledger: lines to sign and to watch, follow-ups, what households say, complaints"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLES = ("complaints", "household_words", "follow_ups", "ledger_lines")

CARRY_OVER = """
    INSERT INTO ledger_lines (need_id, household_id, area_code, help_type, state, recorded_at, recorded_by_name,
                              signed_by_name, ended_at, times_reopened, reopened_at, reason, changed_at)
    SELECT n.id, n.household_id, h.area_code, n.help_type, 'closed', n.created_at, '', '', n.created_at,
           CASE WHEN n.reopened_at IS NULL THEN 0 ELSE 1 END, n.reopened_at, '', n.created_at
    FROM needs n JOIN households h ON h.id = n.household_id WHERE n.status = 'met'
"""
"""What was signed off before the ledger was kept stands on it as closed, signed by nobody."""


def _number(name: str, *, null: bool = True) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=null)


def _text(name: str, length: int, default: str | None = None) -> sa.Column:
    return sa.Column(name, sa.String(length=length), nullable=False, server_default=default)


def _moment(name: str, *, null: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _sealed(name: str) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(), nullable=True)


def _table(name: str, points_to: dict[str, str], *parts: sa.schema.SchemaItem) -> None:
    """A table of a household's: `points_to` says which columns point to which tables, and go when those rows go."""
    goes = {"need_id", "pairing_id", "household_id"}
    keys = [sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{name}_{column}"),
                                    **({"ondelete": "CASCADE"} if column in goes else {}))
            for column, target in points_to.items()]
    op.create_table(name, _number("id", null=False), *parts, *keys,
                    sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")))


def upgrade() -> None:
    op.add_column("handovers", _number("recorded_by_id"))
    op.add_column("pairings", _number("closed_by_id"))
    _ledger_lines()
    _follow_ups()
    _household_words()
    _complaints()
    op.execute(CARRY_OVER)


def _ledger_lines() -> None:
    _table(
        "ledger_lines",
        {"need_id": "needs.id", "household_id": "households.id", "area_code": "areas.code",
         "recorded_by_id": "users.id", "signed_by_id": "users.id"},
        _number("need_id", null=False), _number("household_id", null=False), _text("area_code", 12),
        _text("help_type", 12), _text("state", 8), _moment("recorded_at", null=False), _number("recorded_by_id"),
        _text("recorded_by_name", 60), _number("paper_id"), _moment("signed_at"), _number("signed_by_id"),
        _text("signed_by_name", 60), sa.Column("watch_until", sa.Date(), nullable=True), _moment("ended_at"),
        _number("times_reopened", null=False), _moment("reopened_at"), _text("reason", 300),
        _moment("changed_at", null=False),
        sa.UniqueConstraint("need_id", name=op.f("uq_ledger_lines_need_id")),
        sa.CheckConstraint("state IN ('to_sign', 'watched', 'closed', 'reopened')", name=op.f("ck_ledger_lines_state")),
        sa.CheckConstraint("signed_by_id IS NULL OR recorded_by_id IS NULL OR signed_by_id <> recorded_by_id",
                           name=op.f("ck_ledger_lines_signed_by_another")),
    )
    op.create_index(op.f("ix_ledger_lines_household_id"), "ledger_lines", ["household_id"])
    op.create_index("ix_ledger_lines_state_changed_at", "ledger_lines", ["state", "changed_at", "id", "area_code"])
    op.create_index("ix_ledger_lines_area_code_state", "ledger_lines", ["area_code", "state", "changed_at", "id"])
    op.create_index("ix_ledger_lines_state_watch_until", "ledger_lines", ["state", "watch_until"])
    op.create_index("ix_ledger_lines_times_reopened", "ledger_lines", ["times_reopened", "area_code"])


def _follow_ups() -> None:
    _table(
        "follow_ups",
        {"pairing_id": "pairings.id", "need_id": "needs.id", "household_id": "households.id",
         "area_code": "areas.code", "assigned_id": "users.id", "done_by_id": "users.id"},
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        _number("pairing_id", null=False), _number("need_id", null=False), _number("household_id", null=False),
        _text("area_code", 12), _text("kind", 5), _text("how", 5), sa.Column("due_on", sa.Date(), nullable=False),
        _number("assigned_id"), _text("reminded", 4, ""), _moment("made_at", null=False), _moment("done_at"),
        _number("done_by_id"), _text("done_by_name", 60, ""), _text("result", 8, ""), _sealed("note_sealed"),
        sa.CheckConstraint("kind IN ('after', 'watch')", name=op.f("ck_follow_ups_kind")),
        sa.CheckConstraint("how IN ('visit', 'call')", name=op.f("ck_follow_ups_how")),
        sa.CheckConstraint("(done_at IS NULL) = (result = '')", name=op.f("ck_follow_ups_done")),
    )
    for column in ("pairing_id", "need_id", "household_id"):
        op.create_index(op.f(f"ix_follow_ups_{column}"), "follow_ups", [column])
    op.create_index("ix_follow_ups_done_at_due_on", "follow_ups", ["done_at", "due_on", "id", "area_code"])
    op.create_index("ix_follow_ups_assigned_id", "follow_ups", ["assigned_id", "done_at", "due_on"])


def _household_words() -> None:
    _table(
        "household_words",
        {"pairing_id": "pairings.id", "need_id": "needs.id", "household_id": "households.id",
         "area_code": "areas.code", "said_to_id": "users.id"},
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        _number("pairing_id", null=False), _number("need_id", null=False), _number("household_id", null=False),
        _text("area_code", 12), _sealed("code_sealed"), sa.Column("code_blind", sa.String(length=32), nullable=True),
        _moment("asked_at", null=False), _moment("answered_at"), _text("helped", 6), _number("score"),
        _text("how", 7), _number("said_to_id"), _text("said_to_name", 60), _sealed("note_sealed"),
        sa.UniqueConstraint("pairing_id", name=op.f("uq_household_words_pairing_id")),
        sa.UniqueConstraint("code_blind", name=op.f("uq_household_words_code_blind")),
        sa.CheckConstraint("(answered_at IS NULL) = (helped = '')", name=op.f("ck_household_words_answered")),
        sa.CheckConstraint("score IS NULL OR score BETWEEN 1 AND 5", name=op.f("ck_household_words_score")),
    )
    for column in ("need_id", "household_id"):
        op.create_index(op.f(f"ix_household_words_{column}"), "household_words", [column])


def _complaints() -> None:
    _table(
        "complaints",
        {"pairing_id": "pairings.id", "household_id": "households.id", "area_code": "areas.code",
         "answered_by_id": "users.id"},
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        _number("pairing_id", null=False), _number("household_id", null=False), _text("area_code", 12),
        _text("kind", 9), _sealed("words_sealed"), _moment("made_at", null=False),
        sa.Column("due_on", sa.Date(), nullable=False), _text("reminded", 4, ""), _moment("answered_at"),
        _number("answered_by_id"), _text("answered_by_name", 60), _sealed("answer_sealed"),
        sa.CheckConstraint("kind IN ('unhappy', 'refusal', 'objection', 'finding')", name=op.f("ck_complaints_kind")),
    )
    for column in ("pairing_id", "household_id"):
        op.create_index(op.f(f"ix_complaints_{column}"), "complaints", [column])
    op.create_index("ix_complaints_answered_at_due_on", "complaints", ["answered_at", "due_on", "id", "area_code"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("handovers", "recorded_by_id")
    op.drop_column("pairings", "closed_by_id")
