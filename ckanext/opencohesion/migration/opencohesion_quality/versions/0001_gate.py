"""The gate's tables.

Revision ID: 0001_gate
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001_gate"
down_revision = None
branch_labels = None
depends_on = None


def _package_id(**options):
    return sa.Column("package_id", sa.Text, sa.ForeignKey("package.id", ondelete="CASCADE"), nullable=False, **options)


def upgrade():
    op.create_table(
        "oc_dataset_state",
        _package_id(primary_key=True),
        sa.Column("wants_public", sa.Boolean, nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("checked", sa.DateTime),
        sa.Column("uploader_id", sa.Text),
        sa.Column("updated", sa.DateTime, nullable=False),
    )
    op.create_table(
        "oc_resource_file",
        sa.Column("resource_id", sa.Text, primary_key=True),
        _package_id(index=True),
        sa.Column("sha256", sa.Text, nullable=False, index=True),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("changed", sa.DateTime, nullable=False),
        sa.Column("origin_url", sa.Text),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("fetched", sa.DateTime),
    )
    op.create_table(
        "oc_file_verdict",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("sha256", sa.Text, nullable=False, index=True),
        sa.Column("ruleset", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("format", sa.Text),
        sa.Column("media_type", sa.Text),
        sa.Column("row_count", sa.BigInteger),
        sa.Column("column_count", sa.Integer),
        sa.Column("report", JSONB, nullable=False),
        sa.Column("rules", JSONB, nullable=False),
        sa.Column("started", sa.DateTime, nullable=False),
        sa.Column("finished", sa.DateTime, nullable=False),
    )
    op.create_table(
        "oc_dataset_check",
        sa.Column("id", sa.Text, primary_key=True),
        _package_id(index=True),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("ruleset", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("resources", JSONB, nullable=False),
        sa.Column("metadata", JSONB, nullable=False),
        sa.Column("started", sa.DateTime, nullable=False),
        sa.Column("finished", sa.DateTime, nullable=False, index=True),
    )
    op.create_table(
        "oc_staged_change",
        _package_id(primary_key=True),
        sa.Column("fields", JSONB, nullable=False),
        sa.Column("resources", JSONB, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("checked", sa.DateTime),
        sa.Column("user_id", sa.Text),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("updated", sa.DateTime, nullable=False),
    )
    # no foreign key: what was decided, by whom and why outlives the dataset
    op.create_table(
        "oc_override",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("package_id", sa.Text, nullable=False, index=True),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("check_id", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
    )
    op.create_table(
        "oc_release",
        sa.Column("id", sa.Text, primary_key=True),
        _package_id(index=True),
        sa.Column("resource_id", sa.Text, nullable=False, index=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("format", sa.Text),
        sa.Column("media_type", sa.Text),
        sa.Column("published", sa.DateTime, nullable=False),
        sa.Column("withdrawn", sa.DateTime),
        sa.UniqueConstraint("resource_id", "number"),
    )


def downgrade():
    for table in (
        "oc_release",
        "oc_override",
        "oc_staged_change",
        "oc_dataset_check",
        "oc_file_verdict",
        "oc_resource_file",
        "oc_dataset_state",
    ):
        op.drop_table(table)
