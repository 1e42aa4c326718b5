"""Chain approvals and owe papers"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

GRANT_COLUMNS = (
    sa.Column("chain", sa.String(length=24), nullable=False, server_default=""),
    sa.Column("step", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("round", sa.Integer(), nullable=False, server_default="1"),
    sa.Column("cost_id", sa.Integer(), nullable=True),
    sa.Column("papers_tier", sa.String(length=9), nullable=False, server_default=""),
    sa.Column("reminded", sa.Integer(), nullable=False, server_default="0"),
)
CHILDREN = ("grant_decisions", "grant_papers", "grant_repayments")
OLD_STATES, NEW_STATES = "state IN ('due', 'paid')", "state IN ('due', 'paid', 'failed')"


def upgrade() -> None:
    """Columns of grants are added in place; lines of payment lists are made anew, since nothing points at them."""
    for column in GRANT_COLUMNS:
        op.add_column("grants", column._copy())
    op.create_index("ix_grants_cost_id", "grants", ["cost_id"])
    op.execute("UPDATE grants SET chain = tier")
    _of_grants()
    _of_officers()
    _lines()
    _carry_over()


def _child(name: str, *columns: sa.Column, check: tuple[str, str] | None = None, parent: str = "grant") -> None:
    """A table of rows that go with a grant or a household."""
    checks = [sa.CheckConstraint(check[0], name=op.f(f"ck_{name}_{check[1]}"))] if check else []
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(f"{parent}_id", sa.Integer(), nullable=False),
        *columns,
        *checks,
        sa.ForeignKeyConstraint(
            [f"{parent}_id"], [f"{parent}s.id"], name=op.f(f"fk_{name}_{parent}_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_{parent}_id"), name, [f"{parent}_id"])


def _of_grants() -> None:
    _child(
        "grant_decisions",
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=6), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=60), nullable=False),
        sa.Column("acting_for_id", sa.Integer(), nullable=True),
        sa.Column("acting_for_name", sa.String(length=60), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        check=("decision IN ('approve', 'return', 'refuse')", "decision"),
    )
    _child(
        "grant_papers",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("in_on", sa.Date(), nullable=True),
        sa.Column("taken_by_name", sa.String(length=60), nullable=False),
    )
    _child(
        "grant_repayments",
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("back_on", sa.Date(), nullable=False),
        sa.Column("is_waived", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("recorded_by_name", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        check=("amount_fen > 0", "amount"),
    )
    _child(
        "costs",
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_name", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        check=("amount_fen > 0", "amount"),
        parent="household",
    )


def _of_officers() -> None:
    op.create_table(
        "approval_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(length=12), nullable=False),
        sa.Column("help_type", sa.String(length=12), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("rungs", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("written_by_name", sa.String(length=60), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["county_code"], ["areas.code"], name=op.f("fk_approval_rules_county_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_rules")),
    )
    op.create_index(op.f("ix_approval_rules_county_code"), "approval_rules", ["county_code"])
    op.create_table(
        "substitutes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("absent_id", sa.Integer(), nullable=False),
        sa.Column("absent_name", sa.String(length=60), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.Column("substitute_name", sa.String(length=60), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("tier", sa.String(length=6), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("why", sa.String(length=100), nullable=False),
        sa.Column("named_by_name", sa.String(length=60), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("until >= starts_on", name=op.f("ck_substitutes_until")),
        sa.CheckConstraint("absent_id <> substitute_id", name=op.f("ck_substitutes_another")),
        sa.ForeignKeyConstraint(["absent_id"], ["users.id"], name=op.f("fk_substitutes_absent_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["users.id"], name=op.f("fk_substitutes_substitute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitutes")),
    )
    op.create_index(op.f("ix_substitutes_absent_id"), "substitutes", ["absent_id"])
    op.create_index(op.f("ix_substitutes_substitute_id"), "substitutes", ["substitute_id"])
    op.create_table(
        "recusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("user_name", sa.String(length=60), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("tie", sa.String(length=6), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("tie IN ('own', 'kin', 'other')", name=op.f("ck_recusals_tie")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recusals_user_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_recusals_household_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusals")),
        sa.UniqueConstraint("user_id", "household_id", name=op.f("uq_recusals_user_id_household_id")),
    )
    op.create_index(op.f("ix_recusals_household_id"), "recusals", ["household_id"])


def _lines() -> None:
    with op.batch_alter_table("payment_lines") as batch:
        batch.add_column(sa.Column("period", sa.String(length=7), nullable=False, server_default=""))
        batch.add_column(sa.Column("reason", sa.String(length=200), nullable=False, server_default=""))
        batch.add_column(sa.Column("claim", sa.String(length=60), nullable=True))
        batch.alter_column(
            "state", type_=sa.String(length=6), existing_type=sa.String(length=4), existing_nullable=False
        )
        batch.drop_constraint(op.f("ck_payment_lines_state"), type_="check")
        batch.create_check_constraint(op.f("ck_payment_lines_state"), NEW_STATES)
        batch.drop_constraint(op.f("uq_payment_lines_payment_list_id_grant_id"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_payment_lines_payment_list_id_grant_id_period"), ["payment_list_id", "grant_id", "period"]
        )
    op.create_index("ix_payment_lines_claim", "payment_lines", ["claim"], unique=True)
    op.create_index("ix_payment_lines_payment_list_id_id", "payment_lines", ["payment_list_id", "id"])


def _carry_over() -> None:
    """What stood in single columns of grants becomes the first row of the new tables."""
    op.execute(
        "UPDATE payment_lines SET period = (SELECT CASE grants.rhythm WHEN 'once' THEN 'once' WHEN 'year' "
        "THEN SUBSTR(payment_lists.period, 1, 4) ELSE payment_lists.period END FROM grants, payment_lists "
        "WHERE grants.id = payment_lines.grant_id AND payment_lists.id = payment_lines.payment_list_id)"
    )
    op.execute(
        "INSERT INTO grant_decisions (grant_id, round, tier, decision, words, decided_by_id, decided_by_name, "
        "acting_for_name, decided_at) SELECT id, 1, tier, CASE state WHEN 'returned' THEN 'return' "
        "WHEN 'refused' THEN 'refuse' ELSE 'approve' END, decision, decided_by_id, decided_by_name, '', "
        "decided_at FROM grants WHERE decided_at IS NOT NULL"
    )
    op.execute(
        "INSERT INTO grant_papers (grant_id, name, due_on, in_on, taken_by_name) SELECT id, '材料', papers_due_on, "
        "papers_in_on, '' FROM grants WHERE is_green AND papers_due_on IS NOT NULL"
    )
    op.execute(
        "INSERT INTO grant_repayments (grant_id, amount_fen, back_on, is_waived, words, recorded_by_name, "
        "recorded_at) SELECT grants.id, SUM(payments.amount_fen), MAX(payments.paid_on), CAST(0 AS BOOLEAN), '', "
        "grants.decided_by_name, grants.decided_at FROM grants JOIN payments ON payments.grant_id = grants.id "
        "WHERE grants.reclaim = 'done' AND payments.paid_on IS NOT NULL AND grants.decided_at IS NOT NULL "
        "GROUP BY grants.id, grants.decided_by_name, grants.decided_at HAVING SUM(payments.amount_fen) > 0"
    )


def downgrade() -> None:
    op.drop_index("ix_payment_lines_payment_list_id_id", table_name="payment_lines")
    op.drop_index("ix_payment_lines_claim", table_name="payment_lines")
    op.execute("UPDATE payment_lines SET state = 'due' WHERE state = 'failed'")
    op.execute(
        "DELETE FROM payment_lines WHERE EXISTS (SELECT 1 FROM payment_lines AS other WHERE "
        "other.payment_list_id = payment_lines.payment_list_id AND other.grant_id = payment_lines.grant_id "
        "AND other.id < payment_lines.id)"
    )
    with op.batch_alter_table("payment_lines") as batch:
        batch.drop_constraint(op.f("uq_payment_lines_payment_list_id_grant_id_period"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_payment_lines_payment_list_id_grant_id"), ["payment_list_id", "grant_id"]
        )
        batch.drop_constraint(op.f("ck_payment_lines_state"), type_="check")
        batch.create_check_constraint(op.f("ck_payment_lines_state"), OLD_STATES)
        batch.alter_column(
            "state", type_=sa.String(length=4), existing_type=sa.String(length=6), existing_nullable=False
        )
        for name in ("claim", "reason", "period"):
            batch.drop_column(name)
    op.drop_table("recusals")
    op.drop_table("substitutes")
    op.drop_table("approval_rules")
    op.drop_table("costs")
    for name in CHILDREN:
        op.drop_table(name)
    op.drop_index("ix_grants_cost_id", table_name="grants")
    for column in reversed(GRANT_COLUMNS):
        op.drop_column("grants", column.name)
