"""Agree on menus"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "menus",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("discussing", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by_id", sa.Integer(), nullable=True),
        sa.Column("drawn_by_name", sa.String(length=60), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_way", sa.String(length=7), nullable=False),
        sa.Column("signer_name", sa.String(length=60), nullable=False),
        sa.Column("witness_name", sa.String(length=60), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.CheckConstraint("state IN ('discussed', 'agreed', 'replaced')", name=op.f("ck_menus_state")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_menus_household_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menus")),
        sa.UniqueConstraint("discussing", name=op.f("uq_menus_discussing")),
    )
    op.create_index("ix_menus_household_id_state", "menus", ["household_id", "state"])
    op.create_index("ix_menus_state_review_on", "menus", ["state", "review_on"])
    op.create_table(
        "menu_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("menu_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=7), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("help_type", sa.String(length=12), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("giver", sa.String(length=120), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("per", sa.String(length=5), nullable=False),
        sa.Column("is_declined", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("changed_by_name", sa.String(length=60), nullable=False),
        sa.CheckConstraint(
            "source IN ('grant', 'gap', 'pairing', 'offer', 'need', 'own')", name=op.f("ck_menu_items_source")
        ),
        sa.ForeignKeyConstraint(["menu_id"], ["menus.id"], name=op.f("fk_menu_items_menu_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menu_items")),
    )
    op.create_index(op.f("ix_menu_items_menu_id"), "menu_items", ["menu_id"])
    op.create_table(
        "menu_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("menu_id", sa.Integer(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("reviewed_by_name", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["menu_id"], ["menus.id"], name=op.f("fk_menu_reviews_menu_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menu_reviews")),
    )
    op.create_index(op.f("ix_menu_reviews_menu_id"), "menu_reviews", ["menu_id"])


def downgrade() -> None:
    op.drop_table("menu_reviews")
    op.drop_table("menu_items")
    op.drop_table("menus")
