"""The approval of an expense report may be taken back."""

from alembic import op

revision = "0030"
down_revision = "0029"

TABLE, NAME = "expense_approvals", "ck_expense_approvals_status"


def upgrade() -> None:
    op.drop_constraint(op.f(NAME), TABLE, type_="check")
    allowed = "'waiting', 'approved', 'rejected', 'recalled', 'withdrawn'"
    op.create_check_constraint(op.f(NAME), TABLE, f"status IN ({allowed})")


def downgrade() -> None:
    op.execute(f"DELETE FROM {TABLE} WHERE status = 'withdrawn'")  # noqa: S608 - a constant
    op.drop_constraint(op.f(NAME), TABLE, type_="check")
    op.create_check_constraint(op.f(NAME), TABLE, "status IN ('waiting', 'approved', 'rejected', 'recalled')")
