"""Keep earlier versions, papers, and requests to erase a file"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("object_type", sa.String(length=10), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=60), nullable=False),
        sa.Column("actor_role", sa.String(length=16), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("before_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("after_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.CheckConstraint("object_type IN ('household', 'member', 'need')", name=op.f("ck_file_changes_object_type")),
        sa.CheckConstraint("kind IN ('created', 'updated', 'removed')", name=op.f("ck_file_changes_kind")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_file_changes_household_id"),
                                ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_changes")),
    )
    with op.batch_alter_table("file_changes", schema=None) as batch_op:
        batch_op.create_index("ix_file_changes_household_id_id", ["household_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_file_changes_import_id"), ["import_id"], unique=False)

    op.create_table(
        "papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("mime", sa.String(length=20), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content_blind", sa.String(length=32), nullable=True),
        sa.Column("vault_key", sa.String(length=32), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_by_name", sa.String(length=60), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_name", sa.String(length=60), nullable=False),
        sa.Column("removed_why", sa.String(length=12), nullable=False),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.CheckConstraint(
            "kind IN ('identity', 'disability', 'diagnosis', 'bill', 'house', 'consent', 'other')",
            name=op.f("ck_papers_kind")),
        sa.CheckConstraint("(removed_at IS NULL) = (vault_key IS NOT NULL)", name=op.f("ck_papers_removed")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_papers_household_id"),
                                ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_papers_member_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
    )
    with op.batch_alter_table("papers", schema=None) as batch_op:
        batch_op.create_index("ix_papers_household_id_content_blind", ["household_id", "content_blind"], unique=False)
        batch_op.create_index(batch_op.f("ix_papers_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_papers_added_by_id"), ["added_by_id"], unique=False)

    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", sa.String(length=60), nullable=False),
        sa.CheckConstraint("reason IN ('asked', 'mistake', 'retention')", name=op.f("ck_erasures_reason")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_erasures_household_id"),
                                ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("household_id", name=op.f("uq_erasures_household_id")),
    )
    op.add_column("households", sa.Column("archived_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("households", "archived_on")
    op.drop_table("erasures")
    with op.batch_alter_table("papers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_papers_added_by_id"))
        batch_op.drop_index(batch_op.f("ix_papers_member_id"))
        batch_op.drop_index("ix_papers_household_id_content_blind")

    op.drop_table("papers")
    with op.batch_alter_table("file_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_changes_import_id"))
        batch_op.drop_index("ix_file_changes_household_id_id")

    op.drop_table("file_changes")
