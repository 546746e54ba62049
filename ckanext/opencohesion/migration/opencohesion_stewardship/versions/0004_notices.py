"""Notices of checks that have ended, and who wants no mail about them.

Revision ID: 0004_notices
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_notices"
down_revision = "0003_plan"
branch_labels = None
depends_on = None


def _user_key(**options):
    return sa.Column("user_id", sa.Text, sa.ForeignKey("user.id", ondelete="CASCADE"), nullable=False, **options)


def upgrade():
    op.create_table(
        "oc_notice",
        sa.Column("id", sa.Text, primary_key=True),
        _user_key(),
        sa.Column("package_id", sa.Text, sa.ForeignKey("package.id", ondelete="CASCADE"), nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("seen", sa.DateTime),
    )
    op.create_index("oc_notice_user_created", "oc_notice", ["user_id", "created"])
    op.create_index("oc_notice_package", "oc_notice", ["package_id"])
    op.create_table("oc_notice_choice", _user_key(primary_key=True), sa.Column("mail", sa.Boolean, nullable=False))


def downgrade():
    op.drop_table("oc_notice_choice")
    op.drop_table("oc_notice")
