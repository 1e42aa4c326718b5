"""Bring registers by command under a number of their own, so that they can be taken back"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("imports") as batch:
        batch.alter_column("asked_by_id", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    """What a command brought becomes the first account's, since every import had to be somebody's."""
    op.execute("UPDATE imports SET asked_by_id = (SELECT min(id) FROM users) WHERE asked_by_id IS NULL")
    op.execute("DELETE FROM imports WHERE asked_by_id IS NULL")
    with op.batch_alter_table("imports") as batch:
        batch.alter_column("asked_by_id", existing_type=sa.Integer(), nullable=False)
