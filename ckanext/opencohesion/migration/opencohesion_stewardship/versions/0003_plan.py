"""Release plan: dates set by officers, reminders sent, times of publication.

Revision ID: 0003_plan
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_plan"
down_revision = "0002_questions"
branch_labels = None
depends_on = None


def _package_key():
    return sa.Column("package_id", sa.Text, sa.ForeignKey("package.id", ondelete="CASCADE"), primary_key=True)


def upgrade():
    op.create_table(
        "oc_due_date",
        _package_key(),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("after", sa.Date),
        sa.Column("user_id", sa.Text),
        sa.Column("updated", sa.DateTime, nullable=False),
    )
    op.create_table(
        "oc_reminder",
        _package_key(),
        sa.Column("due", sa.Date, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("sent", sa.DateTime, nullable=False),
        sa.CheckConstraint("kind IN ('soon', 'overdue')", name="oc_reminder_kind_check"),
    )
    op.create_table(
        "oc_reminder_setting",
        sa.Column("organization_id", sa.Text, sa.ForeignKey("group.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("days_before", sa.Integer),
    )
    op.create_table(
        "oc_schedule",
        _package_key(),
        sa.Column("publish_at", sa.DateTime, nullable=False, index=True),
        sa.Column("user_id", sa.Text),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("asked", sa.DateTime),
        sa.Column("told", sa.DateTime),
    )


def downgrade():
    for table in ("oc_schedule", "oc_reminder_setting", "oc_reminder", "oc_due_date"):
        op.drop_table(table)
