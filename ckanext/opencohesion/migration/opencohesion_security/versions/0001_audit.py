"""The audit log and its seals.

Revision ID: 0001_audit
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001_audit"
down_revision = None
branch_labels = None
depends_on = None

# Entries can be added, and deleted when they are old; nothing else, whatever the application's code does.
GUARD = """
CREATE FUNCTION oc_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < timezone('utc', now()) - interval '180 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log can only be added to';
END $$
"""


def upgrade():
    op.create_table(
        "oc_audit",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text),
        sa.Column("actor_name", sa.Text, nullable=False),
        sa.Column("address", sa.Text),
        sa.Column("object_type", sa.Text, nullable=False),
        sa.Column("object_id", sa.Text),
        sa.Column("object_name", sa.Text, nullable=False),
        sa.Column("detail", JSONB, nullable=False),
    )
    op.create_index("oc_audit_at", "oc_audit", ["at", "id"])
    op.create_table(
        "oc_audit_seal",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
    )
    op.execute(GUARD)
    op.execute(
        "CREATE TRIGGER oc_audit_append_only BEFORE UPDATE OR DELETE ON oc_audit "
        "FOR EACH ROW EXECUTE FUNCTION oc_audit_append_only()"
    )


def downgrade():
    op.drop_table("oc_audit_seal")
    op.drop_table("oc_audit")
    op.execute("DROP FUNCTION oc_audit_append_only")
