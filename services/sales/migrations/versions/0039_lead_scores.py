"""How likely open leads are to be converted: what is learnt from those that ended, and the scores."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.create_table(
        "lead_outcomes",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("won", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("halfway", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_lead_outcomes_lead_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lead_id", name="pk_lead_outcomes"),
    )
    op.create_index("ix_lead_outcomes_closed_at", "lead_outcomes", ["closed_at"])
    op.create_table(
        "lead_frequencies",
        sa.Column("factor", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("won", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("factor", "value", name="pk_lead_frequencies"),
    )
    op.create_table(
        "lead_scores",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("probability", sa.Numeric(5, 4), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_lead_scores_lead_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lead_id", name="pk_lead_scores"),
    )
    op.create_index("ix_lead_scores_probability", "lead_scores", ["probability", "lead_id"])
    op.drop_constraint(op.f("ck_scoring_choice_one"), "scoring_choice")
    op.create_check_constraint(op.f("ck_scoring_choice_known"), "scoring_choice", "id IN (1, 2)")


def downgrade() -> None:
    op.execute("DELETE FROM scoring_choice WHERE id <> 1")
    op.drop_constraint(op.f("ck_scoring_choice_known"), "scoring_choice")
    op.create_check_constraint(op.f("ck_scoring_choice_one"), "scoring_choice", "id = 1")
    for table in ("lead_scores", "lead_frequencies", "lead_outcomes"):
        op.drop_table(table)
