"""Decisions of named persons on what was checked, take-downs, and who was told of what.

Revision ID: 0006_decisions
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006_decisions"
down_revision = "0005_datastore"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "oc_decision",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("package_id", sa.Text, nullable=False, index=True),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("check_id", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("accepted", sa.Boolean, nullable=False),
        sa.Column("basis", sa.Text),
        sa.Column("basis_text", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("findings", JSONB, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("carried_from", sa.Text),
        sa.Column("created", sa.DateTime, nullable=False),
    )
    op.create_table(
        "oc_takedown",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("package_id", sa.Text, nullable=False, index=True),
        sa.Column("resource_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("rows_removed", sa.Integer),
        sa.Column("releases", JSONB, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("finished", sa.DateTime),
    )
    op.create_table(
        "oc_told",
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("created", sa.DateTime, nullable=False),
    )


def downgrade():
    for table in ("oc_decision", "oc_takedown", "oc_told"):
        op.drop_table(table)
