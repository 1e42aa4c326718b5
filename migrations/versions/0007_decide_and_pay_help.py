"""Decide and pay help"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

GRANT_TEXTS = (
    ("tier", 6, "county"),
    ("reason", 300, ""),
    ("asked_by_name", 60, ""),
    ("decided_by_name", 60, ""),
    ("decision", 300, ""),
    ("reclaim", 4, ""),
)
GRANT_COLUMNS = (
    ("asked_by_id", sa.Integer()),
    ("asked_at", sa.DateTime(timezone=True)),
    ("decided_by_id", sa.Integer()),
    ("decided_at", sa.DateTime(timezone=True)),
    ("papers_due_on", sa.Date()),
    ("papers_in_on", sa.Date()),
)


def upgrade() -> None:
    """Columns are added in place: a table that others point to is never made anew."""
    for name, length, default in GRANT_TEXTS:
        op.add_column(
            "grants", sa.Column(name, sa.String(length=length), nullable=False, server_default=default)
        )
    for name, kind in GRANT_COLUMNS:
        op.add_column("grants", sa.Column(name, kind, nullable=True))
    op.add_column("grants", sa.Column("is_green", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_grants_state", "grants", ["state"])
    op.add_column("payments", sa.Column("policy_key", sa.String(length=60), nullable=True))
    op.add_column(
        "payments", sa.Column("paid_by_name", sa.String(length=60), nullable=False, server_default="")
    )
    op.create_index("ix_payments_policy_key", "payments", ["policy_key"], unique=True)
    op.create_table(
        "payment_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("made_by_name", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by_name", sa.String(length=60), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'frozen')", name=op.f("ck_payment_lists_state")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_payment_lists_area_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_lists")),
        sa.UniqueConstraint("area_code", "period", name=op.f("uq_payment_lists_area_code_period")),
    )
    op.create_table(
        "payment_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_list_id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=4), nullable=False),
        sa.CheckConstraint("state IN ('due', 'paid')", name=op.f("ck_payment_lines_state")),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name=op.f("fk_payment_lines_grant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_payment_lines_household_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["payment_list_id"],
            ["payment_lists.id"],
            name=op.f("fk_payment_lines_payment_list_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_lines")),
        sa.UniqueConstraint(
            "payment_list_id", "grant_id", name=op.f("uq_payment_lines_payment_list_id_grant_id")
        ),
    )
    with op.batch_alter_table("payment_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_lines_grant_id"), ["grant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_lines_household_id"), ["household_id"], unique=False)


def downgrade() -> None:
    op.drop_table("payment_lines")
    op.drop_table("payment_lists")
    op.drop_index("ix_payments_policy_key", table_name="payments")
    op.drop_column("payments", "paid_by_name")
    op.drop_column("payments", "policy_key")
    op.drop_index("ix_grants_state", table_name="grants")
    op.drop_column("grants", "is_green")
    for name, _kind in reversed(GRANT_COLUMNS):
        op.drop_column("grants", name)
    for name, _length, _default in reversed(GRANT_TEXTS):
        op.drop_column("grants", name)
