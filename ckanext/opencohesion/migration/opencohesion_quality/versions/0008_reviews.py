"""Public datasets that await a review, because the rules or the time changed after they had passed.

Revision ID: 0008_reviews
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_reviews"
down_revision = "0007_index"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "oc_open_review",
        sa.Column(
            "package_id", sa.Text, sa.ForeignKey("package.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("since", sa.DateTime, nullable=False),
    )


def downgrade():
    op.drop_table("oc_open_review")
