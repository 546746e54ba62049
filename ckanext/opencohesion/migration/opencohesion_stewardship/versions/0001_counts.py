"""Access counts: how often each dataset and file was looked at and downloaded, by day.

Revision ID: 0001_counts
"""

import sqlalchemy as sa
from alembic import op

revision = "0001_counts"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "oc_access_count",
        # no foreign keys: what was counted stays when a dataset is purged
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("package_id", sa.Text, primary_key=True),
        sa.Column("resource_id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("audience", sa.Text, primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.CheckConstraint("kind IN ('view', 'download', 'api')", name="oc_access_count_kind_check"),
        sa.CheckConstraint("audience IN ('human', 'program', 'bot', 'office')", name="oc_access_count_audience_check"),
    )
    op.create_index("oc_access_count_package_day", "oc_access_count", ["package_id", "day"])
    op.create_table(
        "oc_access_batch",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("added", sa.DateTime, nullable=False),
    )


def downgrade():
    op.drop_table("oc_access_batch")
    op.drop_table("oc_access_count")
