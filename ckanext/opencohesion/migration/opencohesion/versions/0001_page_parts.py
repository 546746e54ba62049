"""The parts of editorial pages that the office writes.

Revision ID: 0001_page_parts
"""

import sqlalchemy as sa
from alembic import op

revision = "0001_page_parts"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "oc_page_part",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("page", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
    )
    op.create_index("ix_oc_page_part_page_language", "oc_page_part", ["page", "language", "id"])


def downgrade():
    op.drop_table("oc_page_part")
