"""What the undo of an import has to know."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "import_changes",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("points", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_import_changes_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "person_id", name="pk_import_changes"),
    )
    op.create_index("ix_import_changes_person_id", "import_changes", ["person_id"])
    op.create_table(
        "imported_companies",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name="fk_imported_companies_company_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "company_id", name="pk_imported_companies"),
    )
    op.create_index("ix_imported_companies_company_id", "imported_companies", ["company_id"])


def downgrade() -> None:
    op.drop_table("imported_companies")
    op.drop_table("import_changes")
