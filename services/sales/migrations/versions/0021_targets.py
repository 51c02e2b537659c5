"""What reps, teams and the company are to sell."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "targets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("pipeline_id", sa.Uuid(), nullable=True),
        sa.Column("value", sa.Numeric(18, 2), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("scope IN ('rep', 'team', 'company')", name="ck_targets_scope"),
        sa.CheckConstraint("period IN ('month', 'quarter')", name="ck_targets_period"),
        sa.CheckConstraint("measure IN ('amount', 'count')", name="ck_targets_measure"),
        sa.CheckConstraint("value > 0", name="ck_targets_value"),
        sa.CheckConstraint("(subject_id IS NULL) = (scope = 'company')", name="ck_targets_subject_id"),
        sa.ForeignKeyConstraint(["category_id"], ["product_categories.id"], name="fk_targets_category_id"),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipelines.id"], name="fk_targets_pipeline_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_targets"),
    )
    for name in ("category_id", "pipeline_id", "owner_id", "team_id", "partner_id"):
        op.create_index(f"ix_targets_{name}", "targets", [name])
    op.create_index("ix_targets_created_at_id", "targets", ["created_at", "id"])
    op.create_index(
        "uq_targets_begins_on", "targets",
        ["begins_on", "period", "measure", "subject_id", "category_id", "pipeline_id"],
        unique=True, postgresql_nulls_not_distinct=True,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("targets")
