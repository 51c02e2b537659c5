"""The n-grams of people leave their rows, so that imports and changes of anything else need not write them.

Those of who is here are made by the worker's clock. Processes of the release before go on to write them on the row, until
they are replaced: a trigger takes them over. It and the column go with the next release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0042"
down_revision = "0041"

_TAKE_OVER = """
CREATE FUNCTION take_over_grams() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO people_grams (person_id, search_grams) VALUES (NEW.id, NEW.search_grams)
    ON CONFLICT (person_id) DO UPDATE SET search_grams = excluded.search_grams;
    RETURN NULL;
END $$
"""
_ON_PEOPLE = """
CREATE TRIGGER take_over_grams AFTER INSERT OR UPDATE OF search_grams ON people
FOR EACH ROW WHEN (NEW.search_grams <> '{}') EXECUTE FUNCTION take_over_grams()
"""
_EVERYBODY = """
INSERT INTO people_without_grams (id, first_id, last_id, rows, left_at)
SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', count(*), now()
FROM people HAVING count(*) > 0
"""
_BACK = "UPDATE people SET search_grams = g.search_grams FROM people_grams AS g WHERE person_id = people.id"


def upgrade() -> None:
    op.create_table(
        "people_grams",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_people_grams_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_people_grams"),
    )
    op.create_index("ix_people_grams_search_grams", "people_grams", ["search_grams"], postgresql_using="gin")
    op.create_table(
        "people_without_grams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("last_id", sa.Uuid(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_people_without_grams"),
    )
    op.alter_column("people", "search_grams", server_default="{}")
    op.drop_index("ix_people_search_grams", table_name="people")
    op.execute(_TAKE_OVER)
    op.execute(_ON_PEOPLE)
    op.execute(_EVERYBODY)


def downgrade() -> None:
    op.execute("DROP TRIGGER take_over_grams ON people")
    op.execute("DROP FUNCTION take_over_grams")
    op.execute(_BACK)
    op.create_index("ix_people_search_grams", "people", ["search_grams"], postgresql_using="gin")
    op.alter_column("people", "search_grams", server_default=None)
    op.drop_table("people_without_grams")
    op.drop_table("people_grams")
