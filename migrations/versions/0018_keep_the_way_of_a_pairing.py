"""Keep the way of a pairing: days, handovers with proof, duties"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

COLUMNS = (
    sa.Column("due_on", sa.Date(), nullable=True),
    sa.Column("reminded", sa.String(length=4), nullable=False, server_default=""),
    sa.Column("delivered", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("receipt_code", sa.String(length=6), nullable=False, server_default=""),
    sa.Column("code_tries", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("follows_id", sa.Integer(), nullable=True),
)
DAYS = {"accepted": 3, "consented": 7, "under_way": 30, "delivered": 7, "confirmed": 7}
"""What is under way when the days are introduced gets those of middling urgency."""


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("pairings", column._copy())
    op.create_index("ix_pairings_due_on_state", "pairings", ["due_on", "state"])
    op.create_index(op.f("ix_pairings_follows_id"), "pairings", ["follows_id"])
    _carry_over()
    _child(
        "handovers",
        "pairing",
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("proof", sa.String(length=9), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_name", sa.String(length=60), nullable=False),
        sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_handovers_quantity")),
        sa.CheckConstraint("proof IN ('code', 'photo', 'signature', 'words')", name=op.f("ck_handovers_proof")),
    )
    op.create_index(op.f("ix_handovers_pairing_id"), "handovers", ["pairing_id"])
    _duties()


def _child(name: str, parent: str, *parts: sa.schema.SchemaItem, plural: str = "") -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(f"{parent}_id", sa.Integer(), nullable=False),
        *parts,
        sa.ForeignKeyConstraint(
            [f"{parent}_id"], [f"{plural or parent + 's'}.id"], name=op.f(f"fk_{name}_{parent}_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _duties() -> None:
    _child(
        "duties",
        "pairing",
        sa.Column("rhythm", sa.String(length=5), nullable=False),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("missed_on", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_name", sa.String(length=60), nullable=False),
        sa.CheckConstraint("rhythm IN ('once', 'week', 'month', 'year')", name=op.f("ck_duties_rhythm")),
    )
    op.create_index(op.f("ix_duties_pairing_id"), "duties", ["pairing_id"])
    op.create_index(op.f("ix_duties_missed_on"), "duties", ["missed_on"])
    _child(
        "duty_ticks",
        "duty",
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("ticked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ticked_by_name", sa.String(length=60), nullable=False),
        sa.UniqueConstraint("duty_id", "period_on", name=op.f("uq_duty_ticks_duty_id_period_on")),
        plural="duties",
    )
    _child(
        "duty_exemptions",
        "duty",
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_name", sa.String(length=60), nullable=False),
        sa.CheckConstraint("until >= starts_on", name=op.f("ck_duty_exemptions_until")),
        plural="duties",
    )
    op.create_index("ix_duty_exemptions_duty_id", "duty_exemptions", ["duty_id"])


def _carry_over() -> None:
    """Days for what is under way, and whole deliveries for what was delivered."""
    op.execute("UPDATE pairings SET due_on = answer_by_on WHERE state = 'offered'")
    sqlite = op.get_bind().dialect.name == "sqlite"
    for state, days in DAYS.items():
        after = (
            f"date(changed_at, '+8 hours', '+{days} days')"
            if sqlite
            else f"(changed_at AT TIME ZONE 'Asia/Shanghai')::date + {days}"
        )
        op.execute(f"UPDATE pairings SET due_on = {after} WHERE state = '{state}'")  # nosec B608  words of this file
    op.execute(
        "UPDATE pairings SET delivered = quantity WHERE state IN ('delivered', 'confirmed', 'closed', 'reopened')"
    )


def downgrade() -> None:
    for name in ("duty_exemptions", "duty_ticks", "duties", "handovers"):
        op.drop_table(name)
    op.drop_index(op.f("ix_pairings_follows_id"), "pairings")
    op.drop_index("ix_pairings_due_on_state", "pairings")
    for column in reversed(COLUMNS):
        op.drop_column("pairings", column.name)
