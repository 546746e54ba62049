"""Jobs that nobody waits for go behind those that somebody does.

Revision ID: 0002_later
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_later"
down_revision = "0001_jobs"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("oc_job", sa.Column("later", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade():
    op.drop_column("oc_job", "later")
