"""Repairs of files: what was mended, by whom, the untouched file and the log of the changes.

Revision ID: 0004_repairs
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004_repairs"
down_revision = "0003_releases"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "oc_repair",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column(
            "package_id",
            sa.Text,
            sa.ForeignKey("package.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("resource_id", sa.Text, nullable=False, index=True),
        sa.Column("source_sha256", sa.Text, nullable=False, index=True),
        sa.Column("source_filename", sa.Text, nullable=False),
        sa.Column("result_sha256", sa.Text, nullable=False, index=True),
        sa.Column("result_filename", sa.Text, nullable=False),
        sa.Column("log_sha256", sa.Text, nullable=False, index=True),
        sa.Column("repairs", JSONB, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("removed", sa.DateTime),
    )


def downgrade():
    op.drop_table("oc_repair")
