"""Grading schemes, overrides, the history of grades and of stages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"

_INSTANT = sa.DateTime(timezone=True)
_FIRST = """
INSERT INTO grading_schemes (number, method, thresholds, a, reason, made_at) VALUES (1, 'thresholds',
    '{"recency": ["365", "180", "90", "30"], "frequency": ["2", "3", "5", "10"],
      "monetary": ["1000", "10000", "30000", "100000"]}',
    '[{"monetary": 4}, {"frequency": 2, "monetary": 3}]', 'as the platform comes', now())
"""
_DUE = """
INSERT INTO gradings (person_id, automatic, due_at)
SELECT id, grade, now() FROM people WHERE id IN (SELECT person_id FROM purchases)
"""
_NOTE = """
CREATE FUNCTION note_stage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE said jsonb := nullif(current_setting('contacts.stage_cause', true), '')::jsonb;
BEGIN
    INSERT INTO stage_changes (person_id, at, from_stage, to_stage, cause, by)
    VALUES (NEW.id, NEW.updated_at, OLD.lifecycle, NEW.lifecycle, coalesce(said->>'cause', 'edited'),
            (said->>'by')::uuid);
    RETURN NULL;
END $$
"""
_TRIGGER = """
CREATE TRIGGER people_stage AFTER UPDATE OF lifecycle ON people
    FOR EACH ROW WHEN (OLD.lifecycle IS DISTINCT FROM NEW.lifecycle) EXECUTE FUNCTION note_stage()
"""


def upgrade() -> None:
    op.add_column("purchases", sa.Column("cancelled", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.create_table(
        "grading_schemes",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("thresholds", postgresql.JSONB(), nullable=False),
        sa.Column("a", postgresql.JSONB(), nullable=False),
        sa.Column("former_days", sa.Integer()),
        sa.Column("cuts", postgresql.JSONB()),
        sa.Column("cut_at", _INSTANT),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_grading_schemes"),
    )
    op.create_table(
        "gradings",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("automatic", sa.Text()),
        sa.Column("override", sa.Text()),
        sa.Column("override_reason", sa.Text()),
        sa.Column("override_until", _INSTANT),
        sa.Column("override_by", sa.Uuid()),
        sa.Column("due_at", _INSTANT),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_gradings_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name="pk_gradings"),
    )
    op.create_index("ix_gradings_due_at", "gradings", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_table(
        "grade_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("from_grade", sa.Text()),
        sa.Column("to_grade", sa.Text()),
        sa.Column("rfm", postgresql.JSONB()),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("by", sa.Uuid()),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_grade_changes_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_grade_changes"),
    )
    op.create_index("ix_grade_changes_person_id_at", "grade_changes", ["person_id", "at"])
    op.create_table(
        "stage_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("from_stage", sa.Text(), nullable=False),
        sa.Column("to_stage", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid()),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_stage_changes_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_stage_changes"),
    )
    op.create_index("ix_stage_changes_person_id_id", "stage_changes", ["person_id", "id"])
    for statement in (_FIRST, _DUE, _NOTE, _TRIGGER):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER people_stage ON people")
    op.execute("DROP FUNCTION note_stage()")
    for table in ("stage_changes", "grade_changes", "gradings", "grading_schemes"):
        op.drop_table(table)
    op.drop_column("purchases", "cancelled")
