"""The table of background jobs.

Revision ID: 0001_jobs
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001_jobs"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "oc_job",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("args", JSONB, nullable=False),
        sa.Column("creator_user_id", sa.Text),
        sa.Column("timeout_seconds", sa.Integer, nullable=False),
        sa.Column("max_attempts", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("rerun", sa.Boolean, nullable=False),
        sa.Column("stop_requested", sa.Boolean, nullable=False),
        sa.Column("worker", sa.Text),
        sa.Column("lease_until", sa.DateTime),
        sa.Column("heartbeat", sa.DateTime),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("result", JSONB),
        sa.Column("error", sa.Text),
        sa.Column("error_params", JSONB, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("queued", sa.DateTime, nullable=False),
        sa.Column("started", sa.DateTime),
        sa.Column("finished", sa.DateTime),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'stopped')", name="oc_job_state_check"),
    )
    op.create_index(
        "oc_job_one_active", "oc_job", ["kind", "key"], unique=True, postgresql_where=sa.text("state IN ('queued', 'running')")
    )
    op.create_index("oc_job_kind_key_created", "oc_job", ["kind", "key", "created"])


def downgrade():
    op.drop_table("oc_job")
