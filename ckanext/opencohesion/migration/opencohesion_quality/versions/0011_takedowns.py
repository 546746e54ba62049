"""A take-down knows which bytes are to go and which take their place.

Revision ID: 0011_takedowns
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011_takedowns"
down_revision = "0010_links"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("oc_takedown", sa.Column("hashes", JSONB, nullable=False, server_default="[]"))
    op.add_column("oc_takedown", sa.Column("new_sha256", sa.Text))


def downgrade():
    op.drop_column("oc_takedown", "hashes")
    op.drop_column("oc_takedown", "new_sha256")
