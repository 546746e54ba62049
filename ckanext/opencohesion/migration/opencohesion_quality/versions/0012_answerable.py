"""Everybody who brought what is judged, and which runs judged what became public.

Revision ID: 0012_answerable
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012_answerable"
down_revision = "0011_takedowns"
branch_labels = None
depends_on = None

TABLES = ("oc_dataset_state", "oc_staged_change")


def upgrade():
    for table in TABLES:
        op.add_column(table, sa.Column("brought_by", JSONB, nullable=False, server_default="[]"))
    op.execute(
        "UPDATE oc_dataset_state SET brought_by = jsonb_build_array(uploader_id) WHERE uploader_id IS NOT NULL"
    )
    op.execute("UPDATE oc_staged_change SET brought_by = jsonb_build_array(user_id) WHERE user_id IS NOT NULL")
    op.add_column(
        "oc_dataset_check",
        sa.Column("published", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.execute("UPDATE oc_dataset_check SET published = true WHERE verdict IN ('passed', 'overridden')")


def downgrade():
    op.drop_column("oc_dataset_check", "published")
    for table in TABLES:
        op.drop_column(table, "brought_by")
