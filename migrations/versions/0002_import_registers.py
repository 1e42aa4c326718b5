"""Import registers"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_key", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(length=32), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("fault", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'reading', 'ready', 'confirmed', 'applying', 'done', 'undoing', 'undone', "
            "'refused', 'failed', 'cancelled')", name=op.f("ck_imports_state")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_imports_area_code")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_imports_asked_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["users.id"], name=op.f("fk_imports_confirmed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_imports_area_code"), ["area_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_imports_state"), ["state"], unique=False)
    op.create_table(
        "import_findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("list", sa.String(length=8), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.CheckConstraint("list IN ('fault', 'line', 'double', 'change', 'kept')",
                           name=op.f("ck_import_findings_list")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_findings_import_id"),
                                ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_findings")),
    )
    with op.batch_alter_table("import_findings", schema=None) as batch_op:
        batch_op.create_index("ix_import_findings_import_id_list_position", ["import_id", "list", "position"],
                              unique=False)
    op.create_table(
        "import_wordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("wording", sa.String(length=120), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_import_wordings_area_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_wordings")),
        sa.UniqueConstraint("area_code", "kind", "wording", name=op.f("uq_import_wordings_area_code_kind_wording")),
    )


def downgrade() -> None:
    op.drop_table("import_wordings")
    with op.batch_alter_table("import_findings", schema=None) as batch_op:
        batch_op.drop_index("ix_import_findings_import_id_list_position")

    op.drop_table("import_findings")
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_imports_state"))
        batch_op.drop_index(batch_op.f("ix_imports_area_code"))

    op.drop_table("imports")
