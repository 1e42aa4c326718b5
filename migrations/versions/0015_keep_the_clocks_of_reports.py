"""Keep the clocks of reports and visits: what was said of the day on which something is due"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ALARM = "alarm IN ('', 'soon', 'due', 'late')"


def upgrade() -> None:
    for table in ("hardship_reports", "visit_tasks"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("alarm", sa.String(length=4), nullable=False, server_default=""))
            batch_op.create_check_constraint(op.f(f"ck_{table}_alarm"), ALARM)
    with op.batch_alter_table("visit_tasks", schema=None) as batch_op:
        batch_op.create_index("ix_visit_tasks_done_at_due_on", ["done_at", "due_on"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("visit_tasks", schema=None) as batch_op:
        batch_op.drop_index("ix_visit_tasks_done_at_due_on")
    for table in ("visit_tasks", "hardship_reports"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_alarm"), type_="check")
            batch_op.drop_column("alarm")
