"""Answer referrals, follow decisions"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS = {
    "referrals": (
        sa.Column("did_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("act_by_on", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_name", sa.String(length=60), nullable=False, server_default=""),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_how", sa.String(length=10), nullable=False, server_default=""),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("chaser_id", sa.Integer(), nullable=True),
    ),
    "meetings": (
        sa.Column("summary_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=True),
    ),
    "meeting_decisions": (
        sa.Column("reminded", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("chaser_id", sa.Integer(), nullable=True),
    ),
}
OPEN = sa.text("state IN ('waiting', 'accepted')")


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for column in columns:
            op.add_column(table, column._copy())
    op.create_index("uq_referrals_open", "referrals", ["report_id", "organisation_id", "help_type"], unique=True,
                    sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index("uq_referrals_open", table_name="referrals")
    for table, columns in COLUMNS.items():
        for column in columns:
            op.drop_column(table, column.name)
