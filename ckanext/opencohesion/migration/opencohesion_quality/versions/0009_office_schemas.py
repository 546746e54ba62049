"""Table structures that offices write for their own files.

Revision ID: 0009_office_schemas
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009_office_schemas"
down_revision = "0008_reviews"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "oc_office_schema",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("organization_id", sa.Text, nullable=False, index=True),
        sa.Column("organization", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("schema", JSONB, nullable=False),
        sa.Column("user_id", sa.Text),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.UniqueConstraint("organization", "name", "version"),
    )


def downgrade():
    op.drop_table("oc_office_schema")
