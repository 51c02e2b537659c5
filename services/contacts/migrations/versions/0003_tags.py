"""Tags, who has them, and a queue of the people whose tags are to be reckoned again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

# Triggers, because people are written by many doors (API, handlers, the import's COPY, merges) and none may be
# forgotten. Per statement: an import's step costs one more INSERT, and nothing at all as long as there are no tags.
_NOTE = """
CREATE FUNCTION note_tag_dirty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM tags) THEN
        EXECUTE format('INSERT INTO tag_dirty (person_id) SELECT DISTINCT %I FROM changed WHERE %I IS NOT NULL AND %s',
                       TG_ARGV[0], TG_ARGV[0], TG_ARGV[1]);
    END IF;
    RETURN NULL;
END $$
"""
_WATCHED = {
    "people": ("id", "true"),
    "interactions": ("person_id", "true"),
    "consents": ("person_id", "true"),
    "purchases": ("person_id", "true"),
    "timeline": ("person_id", "type = ''survey.answered''"),
}


def upgrade() -> None:
    op.create_table(
        "tags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("rule", postgresql.JSONB()),
        sa.Column("timed", sa.Boolean(), nullable=False),
        sa.Column("run_id", sa.Uuid()),
        sa.Column("run_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tags"),
    )
    op.create_index("ix_tags_created_at_id", "tags", ["created_at", "id"])
    op.create_index("uq_tags_label", "tags", ["label"], unique=True)
    op.create_index("uq_tags_kind_name", "tags", ["kind", sa.text("lower(name)")], unique=True)
    op.create_table(
        "tag_givings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("company_id", sa.Uuid()),
        sa.Column("given_how", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Uuid()),
        sa.Column("given_why", sa.Text()),
        sa.Column("taken_at", sa.DateTime(timezone=True)),
        sa.Column("taken_how", sa.Text()),
        sa.Column("taken_by", sa.Uuid()),
        sa.Column("taken_why", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name="fk_tag_givings_tag_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_tag_givings_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_tag_givings_company_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_tag_givings"),
    )
    op.create_index("ix_tag_givings_created_at_id", "tag_givings", ["created_at", "id"])
    for who in ("person", "company"):
        has = sa.text(f"taken_at IS NULL AND {who}_id IS NOT NULL")
        op.create_index(
            f"uq_tag_givings_{who}", "tag_givings", ["tag_id", f"{who}_id"], unique=True, postgresql_where=has
        )
        op.create_index(f"ix_tag_givings_{who}_id", "tag_givings", [f"{who}_id", "created_at"])
    op.create_table(
        "tag_dirty",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_tag_dirty"),
    )
    op.execute(_NOTE)
    for table, (column, which) in _WATCHED.items():
        for event in ("INSERT", "UPDATE"):
            op.execute(
                f"CREATE TRIGGER {table}_tag_dirty_{event.lower()} AFTER {event} ON {table}"
                f" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT"
                f" EXECUTE FUNCTION note_tag_dirty('{column}', '{which}')"
            )


def downgrade() -> None:
    for table in _WATCHED:
        for event in ("insert", "update"):
            op.execute(f"DROP TRIGGER {table}_tag_dirty_{event} ON {table}")
    op.execute("DROP FUNCTION note_tag_dirty()")
    for table in ("tag_dirty", "tag_givings", "tags"):
        op.drop_table(table)
