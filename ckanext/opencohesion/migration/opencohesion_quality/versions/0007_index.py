"""Which datasets the search index may not know as they are.

Revision ID: 0007_index
"""

import sqlalchemy as sa
from alembic import op

revision = "0007_index"
down_revision = "0006_decisions"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "oc_dataset_state",
        sa.Column("to_index", sa.Boolean, nullable=False, server_default=sa.false()),
    )


def downgrade():
    op.drop_column("oc_dataset_state", "to_index")
