"""Questions and reports of mistakes, and their answers.

Revision ID: 0002_questions
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_questions"
down_revision = "0001_counts"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "oc_question",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column(
            "package_id", sa.Text, sa.ForeignKey("package.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("resource_id", sa.Text),
        sa.Column("place", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("public_text", sa.Text),
        sa.Column("published", sa.DateTime),
        sa.Column("closing_reason", sa.Text),
        sa.Column("handled_by", sa.Text),
        sa.Column("handled", sa.DateTime),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.CheckConstraint("kind IN ('question', 'mistake', 'other')", name="oc_question_kind_check"),
        sa.CheckConstraint("status IN ('open', 'answered', 'closed')", name="oc_question_status_check"),
        # only what an officer has read and answered is shown to everyone
        sa.CheckConstraint(
            "published IS NULL OR (status = 'answered' AND answer IS NOT NULL AND public_text IS NOT NULL)",
            name="oc_question_published_check",
        ),
    )
    op.create_index("oc_question_status_created", "oc_question", ["status", "created"])


def downgrade():
    op.drop_table("oc_question")
