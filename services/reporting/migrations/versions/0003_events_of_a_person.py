"""All events of a person are found by an index, those without a personal part too: an erasure reads them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index(
        "ix_event_log_person_id_position",
        "event_log",
        ["person_id", "position"],
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.drop_index("ix_event_log_person_id", "event_log")
    op.create_table_comment(
        "erased_people", "Ids of people who were erased: nothing that names them is taken in again."
    )


def downgrade() -> None:
    op.drop_table_comment("erased_people")
    op.create_index(
        "ix_event_log_person_id", "event_log", ["person_id"], postgresql_where=sa.text("personal IS NOT NULL")
    )
    op.drop_index("ix_event_log_person_id_position", "event_log")
