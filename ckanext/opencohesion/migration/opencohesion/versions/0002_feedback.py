"""What visitors say of the portal's accessibility.

Revision ID: 0002_feedback
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_feedback"
down_revision = "0001_page_parts"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "oc_feedback",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("place", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("closed", sa.DateTime),
        sa.Column("closed_by", sa.Text),
    )


def downgrade():
    op.drop_table("oc_feedback")
