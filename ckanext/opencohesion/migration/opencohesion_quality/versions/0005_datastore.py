"""Which content the DataStore's table of a resource is to have, and which it has.

Revision ID: 0005_datastore
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_datastore"
down_revision = "0004_repairs"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "oc_datastore_table",
        sa.Column("resource_id", sa.Text, primary_key=True),
        sa.Column(
            "package_id",
            sa.Text,
            sa.ForeignKey("package.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("content", sa.Text),
        sa.Column("installed", sa.Text),
    )


def downgrade():
    op.drop_table("oc_datastore_table")
