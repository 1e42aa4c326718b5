"""Take reports, answer for them"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intake_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.String(length=64), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_tries")),
    )
    op.create_index("ix_intake_tries_bucket_tried_at", "intake_tries", ["bucket", "tried_at"], unique=False)
    op.create_index(op.f("ix_intake_tries_tried_at"), "intake_tries", ["tried_at"], unique=False)
    op.create_table(
        "hardship_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("code_blind", sa.String(length=32), nullable=True),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("precision", sa.String(length=10), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_blind", sa.String(length=32), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=14), nullable=False),
        sa.Column("desk_code", sa.String(length=12), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("joined_to_id", sa.Integer(), nullable=True),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("is_doubtful", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (outcome <> '')", name=op.f("ck_hardship_reports_closed")),
        sa.CheckConstraint(
            "origin IN ('self', 'neighbour', 'informant', 'officer', 'socialworker', 'department')",
            name=op.f("ck_hardship_reports_origin"),
        ),
        sa.CheckConstraint(
            "outcome = '' OR outcome IN ('helped', 'not_qualified', 'joined', 'withdrawn', 'unreachable', 'mischief')",
            name=op.f("ck_hardship_reports_outcome"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'visiting', 'verified', 'helping', 'closed', 'reopened')",
            name=op.f("ck_hardship_reports_state"),
        ),
        sa.CheckConstraint(
            "step IN ('', 'visit', 'assess', 'help', 'follow_up')", name=op.f("ck_hardship_reports_step")
        ),
        sa.CheckConstraint("urgency BETWEEN 1 AND 5", name=op.f("ck_hardship_reports_urgency")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_hardship_reports_area_code")),
        sa.ForeignKeyConstraint(["desk_code"], ["areas.code"], name=op.f("fk_hardship_reports_desk_code")),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_hardship_reports_household_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["joined_to_id"],
            ["hardship_reports.id"],
            name=op.f("fk_hardship_reports_joined_to_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_hardship_reports_owner_id")),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["users.id"], name=op.f("fk_hardship_reports_reporter_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hardship_reports")),
        sa.UniqueConstraint("code_blind", name=op.f("uq_hardship_reports_code_blind")),
    )
    op.create_index(
        "ix_hardship_reports_area_code_created_at",
        "hardship_reports",
        ["area_code", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_hardship_reports_desk_code_state_urgency",
        "hardship_reports",
        ["desk_code", "state", "urgency"],
        unique=False,
    )
    op.create_index(
        op.f("ix_hardship_reports_household_id"), "hardship_reports", ["household_id"], unique=False
    )
    op.create_index(
        op.f("ix_hardship_reports_joined_to_id"), "hardship_reports", ["joined_to_id"], unique=False
    )
    op.create_index(
        "ix_hardship_reports_owner_id_state", "hardship_reports", ["owner_id", "state"], unique=False
    )
    op.create_index(
        op.f("ix_hardship_reports_phone_blind"), "hardship_reports", ["phone_blind"], unique=False
    )
    op.create_index(
        op.f("ix_hardship_reports_reporter_id"), "hardship_reports", ["reporter_id"], unique=False
    )
    op.create_index("ix_hardship_reports_state_due_at", "hardship_reports", ["state", "due_at"], unique=False)
    op.create_table(
        "meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("facts_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("called_by_id", sa.Integer(), nullable=False),
        sa.Column("called_by_name", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.CheckConstraint(
            "state IN ('called', 'held', 'closed', 'cancelled')", name=op.f("ck_meetings_state")
        ),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_meetings_area_code")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["hardship_reports.id"], name=op.f("fk_meetings_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
    )
    op.create_index(
        "ix_meetings_area_code_state_held_at", "meetings", ["area_code", "state", "held_at"], unique=False
    )
    op.create_index(op.f("ix_meetings_report_id"), "meetings", ["report_id"], unique=False)
    op.create_table(
        "referrals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("help_type", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("question_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", sa.String(length=60), nullable=False),
        sa.Column("answer_due_on", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_name", sa.String(length=60), nullable=False),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'refused', 'answered', 'withdrawn')",
            name=op.f("ck_referrals_state"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_referrals_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["hardship_reports.id"], name=op.f("fk_referrals_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    op.create_index(
        "ix_referrals_organisation_id_state", "referrals", ["organisation_id", "state"], unique=False
    )
    op.create_index(op.f("ix_referrals_report_id"), "referrals", ["report_id"], unique=False)
    op.create_index("ix_referrals_state_answer_due_on", "referrals", ["state", "answer_due_on"], unique=False)
    op.create_table(
        "report_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("mime", sa.String(length=20), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("vault_key", sa.String(length=32), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('photo', 'voice')", name=op.f("ck_report_files_kind")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["hardship_reports.id"], name=op.f("fk_report_files_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_files")),
    )
    op.create_index(op.f("ix_report_files_report_id"), "report_files", ["report_id"], unique=False)
    op.create_table(
        "report_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=60), nullable=False),
        sa.Column("actor_role", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["hardship_reports.id"], name=op.f("fk_report_steps_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_steps")),
    )
    op.create_index("ix_report_steps_report_id_id", "report_steps", ["report_id", "id"], unique=False)
    op.create_table(
        "visit_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("assigned_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_name", sa.String(length=60), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("result_note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.CheckConstraint("(done_at IS NULL) = (result = '')", name=op.f("ck_visit_tasks_done")),
        sa.CheckConstraint("kind IN ('visit', 'revisit', 'call')", name=op.f("ck_visit_tasks_kind")),
        sa.ForeignKeyConstraint(["assigned_id"], ["users.id"], name=op.f("fk_visit_tasks_assigned_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["hardship_reports.id"], name=op.f("fk_visit_tasks_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_tasks")),
    )
    op.create_index(
        "ix_visit_tasks_assigned_id_done_at_due_on",
        "visit_tasks",
        ["assigned_id", "done_at", "due_on"],
        unique=False,
    )
    op.create_index(op.f("ix_visit_tasks_report_id"), "visit_tasks", ["report_id"], unique=False)
    op.create_table(
        "meeting_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_name", sa.String(length=60), nullable=False),
        sa.Column("done_note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (owner_id IS NULL)", name=op.f("ck_meeting_decisions_owner")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_decisions_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_meeting_decisions_organisation_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_meeting_decisions_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_decisions")),
    )
    op.create_index(
        op.f("ix_meeting_decisions_meeting_id"), "meeting_decisions", ["meeting_id"], unique=False
    )
    op.create_index(
        "ix_meeting_decisions_organisation_id_done_at",
        "meeting_decisions",
        ["organisation_id", "done_at"],
        unique=False,
    )
    op.create_index(
        "ix_meeting_decisions_owner_id_done_at", "meeting_decisions", ["owner_id", "done_at"], unique=False
    )
    op.create_table(
        "meeting_invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_name", sa.String(length=60), nullable=False),
        sa.Column("has_come", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'coming', 'declined')", name=op.f("ck_meeting_invitations_state")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_meeting_invitations_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_meeting_invitations_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_invitations")),
        sa.UniqueConstraint(
            "meeting_id", "organisation_id", name=op.f("uq_meeting_invitations_meeting_id_organisation_id")
        ),
    )
    op.create_index(
        op.f("ix_meeting_invitations_organisation_id"),
        "meeting_invitations",
        ["organisation_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("meeting_invitations")
    op.drop_table("meeting_decisions")
    op.drop_table("visit_tasks")
    op.drop_table("report_steps")
    op.drop_table("report_files")
    op.drop_table("referrals")
    op.drop_table("meetings")
    op.drop_table("hardship_reports")
    op.drop_table("intake_tries")
