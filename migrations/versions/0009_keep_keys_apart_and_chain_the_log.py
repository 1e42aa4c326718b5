"""Remember retired keys; chain the audit log; tell papers that households brought themselves"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retired_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_retired_keys"),
    )
    op.create_table(
        "audit_links",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_audit_links"),
    )
    op.create_index("ix_audit_links_entry_id", "audit_links", ["entry_id"], unique=True)
    op.add_column(
        "papers", sa.Column("from_household", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("papers", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_papers_from_household_seen_at", "papers", ["from_household", "seen_at", "household_id"])


def downgrade() -> None:
    op.drop_index("ix_papers_from_household_seen_at", "papers")
    op.drop_column("papers", "seen_at")
    op.drop_column("papers", "from_household")
    op.drop_table("audit_links")
    op.drop_table("retired_keys")
