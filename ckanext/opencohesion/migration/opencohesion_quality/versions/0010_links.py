"""When each linked file of what is live is looked at again, and what troubles it.

Revision ID: 0010_links
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010_links"
down_revision = "0009_office_schemas"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "oc_link_watch",
        sa.Column("resource_id", sa.Text, primary_key=True),
        sa.Column(
            "package_id",
            sa.Text,
            sa.ForeignKey("package.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("next_look", sa.DateTime, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", sa.DateTime),
        sa.Column("problem", sa.Text),
        sa.Column("problem_params", JSONB, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
    )


def downgrade():
    op.drop_table("oc_link_watch")
