"""Files tried against a table's description without publishing anything; each row is gone within an hour or two.

Revision ID: 0003_precheck
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003_precheck"
down_revision = "0002_feedback"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "oc_precheck",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, sa.ForeignKey("user.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("table_schema", sa.Text),
        sa.Column("sha256", sa.Text),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("result", JSONB),
        sa.Column("created", sa.DateTime, nullable=False, index=True),
    )


def downgrade():
    op.drop_table("oc_precheck")
