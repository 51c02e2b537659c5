"""The history of owners, kept by triggers; hand-overs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"

_INSTANT = sa.DateTime(timezone=True)
_OWNED = ("companies", "people", "tasks", "appointments")
# Triggers, because owners are changed by many doors and none may be forgotten; fired only by an UPDATE that sets one of
# the columns to something else. A new row is not written down: its beginning is in the record itself.
_NOTE = """
CREATE FUNCTION note_owner_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    cause jsonb := nullif(current_setting('contacts.owner_cause', true), '')::jsonb;
BEGIN
    INSERT INTO owner_changes (kind, record_id, at, from_owner_id, from_team_id, from_partner_id, to_owner_id,
                               to_team_id, to_partner_id, by_id, why, hand_over_id)
    VALUES (TG_TABLE_NAME, NEW.id, NEW.updated_at, OLD.owner_id, OLD.team_id, OLD.partner_id, NEW.owner_id,
            NEW.team_id, NEW.partner_id, (cause->>'by')::uuid, cause->>'why', (cause->>'hand_over_id')::uuid);
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "owner_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        *(
            sa.Column(f"{side}_{part}_id", sa.Uuid())
            for side in ("from", "to")
            for part in ("owner", "team", "partner")
        ),
        sa.Column("by_id", sa.Uuid()),
        sa.Column("why", sa.Text()),
        sa.Column("hand_over_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_owner_changes"),
    )
    op.create_index("ix_owner_changes_record_id", "owner_changes", ["record_id", "id"])
    where = sa.text("to_owner_id IS NULL")
    op.create_index("ix_owner_changes_left_behind", "owner_changes", ["from_owner_id", "kind"], postgresql_where=where)
    op.execute(_NOTE)
    for table in _OWNED:
        op.execute(
            f"CREATE TRIGGER {table}_owner_change AFTER UPDATE OF owner_id, team_id, partner_id ON {table} FOR EACH ROW"
            " WHEN ((OLD.owner_id, OLD.team_id, OLD.partner_id) IS DISTINCT FROM"
            " (NEW.owner_id, NEW.team_id, NEW.partner_id)) EXECUTE FUNCTION note_owner_change()"
        )
    op.create_table(
        "hand_overs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_user_id", sa.Uuid(), nullable=False),
        sa.Column("to_user_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("by_team", postgresql.JSONB(), nullable=False),
        sa.Column("include", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("moved", postgresql.JSONB(), nullable=False),
        sa.Column("elsewhere", postgresql.JSONB(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("requested_by", sa.Uuid()),
        sa.Column("ended_at", _INSTANT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hand_overs"),
    )
    op.create_index("ix_hand_overs_created_at_id", "hand_overs", ["created_at", "id"])
    running = sa.text("state = 'running'")
    op.create_index("uq_hand_overs_running", "hand_overs", ["from_user_id"], unique=True, postgresql_where=running)


def downgrade() -> None:
    op.drop_table("hand_overs")
    for table in _OWNED:
        op.execute(f"DROP TRIGGER {table}_owner_change ON {table}")
    op.execute("DROP FUNCTION note_owner_change()")
    op.drop_table("owner_changes")
