"""Group the desk by household, by offer and by urgency; lock proposals"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"
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


def downgrade() -> None:
    for name in reversed(INDEXES):
        op.drop_index(name, "pairings")
    for column in reversed(COLUMNS):
        op.drop_column("pairings", column.name)
