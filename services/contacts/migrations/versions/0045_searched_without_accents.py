"""Who types `Muller` finds `Müller`: rows are searched for without accents. What processes of the release before write until they
are replaced is found as it is typed, until it is changed."""

from alembic import op

from chassis.db.refolding import without_accents

revision = "0045"
down_revision = "0044"

_TABLES = (
    "companies", "interactions", "notes", "people", "tasks",
)  # fmt: skip


def upgrade() -> None:
    without_accents(op.get_bind(), _TABLES, {"people": ("people_grams", "person_id")})


def downgrade() -> None:
    """Nothing: the release before looks for words as they are typed in what is there."""
