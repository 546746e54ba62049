"""Releases tell their rows and what changed, and who took one down and why.

Revision ID: 0003_releases
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_releases"
down_revision = "0002_hold"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("oc_release", sa.Column("row_count", sa.BigInteger))
    op.add_column("oc_release", sa.Column("version", sa.Text))
    op.add_column("oc_release", sa.Column("notes", sa.Text))
    op.add_column("oc_release", sa.Column("withdrawn_by", sa.Text))
    op.add_column("oc_release", sa.Column("withdrawn_reason", sa.Text))
    op.create_index("oc_release_sha256", "oc_release", ["sha256"])
    # releases from before: the rows that the check of the same bytes counted
    op.execute(
        "UPDATE oc_release SET row_count = verdict.rows FROM "
        "(SELECT sha256, max(row_count) AS rows FROM oc_file_verdict GROUP BY sha256) AS verdict "
        "WHERE verdict.sha256 = oc_release.sha256"
    )


def downgrade():
    op.drop_index("oc_release_sha256", "oc_release")
    for column in ("row_count", "version", "notes", "withdrawn_by", "withdrawn_reason"):
        op.drop_column("oc_release", column)
