"""Follow needs: details by type, a day until when, units received and signed off, who reported them"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RECEIVED, CLOSED = "('confirmed', 'closed')", "('closed')"
UNITS = ("UPDATE needs SET {column} = (SELECT COALESCE(SUM(pairings.quantity), 0) FROM pairings"
         " WHERE pairings.need_id = needs.id AND pairings.state IN {states})"
         " WHERE id IN (SELECT need_id FROM pairings WHERE state IN {states})")
REOPENED = ("UPDATE needs SET reopened_at = (SELECT MAX(pairings.changed_at) FROM pairings"
            " WHERE pairings.need_id = needs.id AND pairings.state = 'reopened')"
            " WHERE id IN (SELECT need_id FROM pairings WHERE state = 'reopened')")
UNVERIFIED = ("UPDATE needs SET status = '{to}' WHERE status = 'open' AND household_id IN"
              " (SELECT id FROM households WHERE status IN {statuses})")


def upgrade() -> None:
    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("details", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("wanted_by", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("received", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("closed", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reported_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_needs_reported_by_id"), "users", ["reported_by_id"], ["id"])
        batch_op.drop_constraint(op.f("ck_needs_status"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_needs_status"), "status IN ('reported', 'verified', 'open', 'met', 'withdrawn')")
        batch_op.create_check_constraint(
            op.f("ck_needs_units"), "closed >= 0 AND closed <= received AND received <= given")
        batch_op.create_index("ix_needs_status_wanted_by", ["status", "wanted_by"], unique=False)
    # Their defaults stay: the code of before still adds needs while processes are being replaced.
    op.execute(UNITS.format(column="received", states=RECEIVED))
    op.execute(UNITS.format(column="closed", states=CLOSED))
    op.execute(REOPENED)
    op.execute(UNVERIFIED.format(to="reported", statuses="('reported', 'screened')"))
    op.execute(UNVERIFIED.format(to="verified", statuses="('surveyed')"))


def downgrade() -> None:
    op.execute("UPDATE needs SET status = 'open' WHERE status IN ('reported', 'verified')")
    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.drop_index("ix_needs_status_wanted_by")
        batch_op.drop_constraint(op.f("ck_needs_units"), type_="check")
        batch_op.drop_constraint(op.f("ck_needs_status"), type_="check")
        batch_op.create_check_constraint(op.f("ck_needs_status"), "status IN ('open', 'met', 'withdrawn')")
        batch_op.drop_constraint(op.f("fk_needs_reported_by_id"), type_="foreignkey")
        for column in ("reported_by_id", "reopened_at", "closed", "received", "wanted_by", "details"):
            batch_op.drop_column(column)
