"""A time before which nothing new of a dataset becomes public.

Revision ID: 0002_hold
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_hold"
down_revision = "0001_gate"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("oc_dataset_state", sa.Column("hold_until", sa.DateTime))


def downgrade():
    op.drop_column("oc_dataset_state", "hold_until")
