"""By when a registration of a partner is decided on, or answered."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"

_BEFORE = ("submitted", "returned", "approved", "rejected", "withdrawn", "expired", "won", "lost")
_CHECK = "ck_registrations_status"


def upgrade() -> None:
    op.add_column("partner_programmes", sa.Column("decision_days", sa.Integer(), server_default="5", nullable=False))
    op.add_column("partner_programmes", sa.Column("answer_days", sa.Integer(), server_default="14", nullable=False))
    op.create_check_constraint(
        op.f("ck_partner_programmes_deadlines"), "partner_programmes", "decision_days > 0 AND answer_days > 0"
    )
    op.add_column("registrations", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("registrations", sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_registrations_due_at", "registrations", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.execute("UPDATE registrations SET due_at = now() + interval '5 days' WHERE status = 'submitted'")
    op.execute("UPDATE registrations SET due_at = now() + interval '14 days' WHERE status = 'returned'")
    op.drop_constraint(op.f(_CHECK), "registrations")
    op.create_check_constraint(op.f(_CHECK), "registrations", f"status IN {(*_BEFORE, 'lapsed')}")


def downgrade() -> None:
    op.execute("UPDATE registrations SET status = 'withdrawn' WHERE status = 'lapsed'")
    op.drop_constraint(op.f(_CHECK), "registrations")
    op.create_check_constraint(op.f(_CHECK), "registrations", f"status IN {_BEFORE}")
    for table, name in (
        ("registrations", "escalated_at"), ("registrations", "due_at"), ("partner_programmes", "answer_days"),
        ("partner_programmes", "decision_days"),
    ):  # fmt: skip
        op.drop_column(table, name)
