"""Group the desk by household, by offer and by urgency; lock proposals; keep decisions"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_pairings_state_household_id": ["state", "area_code", "household_id", "id"],
    "ix_pairings_state_offer_id": ["state", "offer_id", "score", "id", "area_code"],
    "ix_pairings_state_urgency_points": ["state", "urgency_points", "score", "id", "area_code"],
    "ix_pairings_locked_at": ["locked_at"],
}
COLUMNS = (
    sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("locked_by_name", sa.String(length=60), nullable=False, server_default=""),
)


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("pairings", column._copy())
    for name, columns in INDEXES.items():
        op.create_index(name, "pairings", columns)
    _decisions()


def _decisions() -> None:
    op.create_table(
        "desk_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pairing_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("help_type", sa.String(length=20), nullable=False),
        sa.Column("course", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        *(
            sa.Column(f"{side}_{what}", sa.Integer(), nullable=True)
            for side in ("engine", "chosen")
            for what in ("offer_id", "quantity", "score")
        ),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_name", sa.String(length=60), nullable=False),
        sa.CheckConstraint(
            "course IN ('followed', 'changed', 'refused', 'own')", name=op.f("ck_desk_decisions_course")
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{one}_id"], [f"{one}s.id"], name=op.f(f"fk_desk_decisions_{one}_id"), ondelete="CASCADE"
            )
            for one in ("pairing", "household")
        ),
        *(
            sa.ForeignKeyConstraint([f"{side}_offer_id"], ["offers.id"], name=op.f(f"fk_desk_decisions_{side}_offer_id"))
            for side in ("engine", "chosen")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_decisions")),
    )
    for one in ("pairing_id", "household_id"):
        op.create_index(op.f(f"ix_desk_decisions_{one}"), "desk_decisions", [one])
    op.create_index(
        "ix_desk_decisions_area_code", "desk_decisions", ["area_code", "decided_at", "course", "why", "points"]
    )


def downgrade() -> None:
    op.drop_table("desk_decisions")
    for name in reversed(INDEXES):
        op.drop_index(name, "pairings")
    for column in reversed(COLUMNS):
        op.drop_column("pairings", column.name)
