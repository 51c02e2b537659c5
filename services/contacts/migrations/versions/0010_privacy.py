"""What people ask for about their data, holds, who was erased and must not come back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.db.tables import create_v2, drop_v2

revision = "0010"
down_revision = "0009"

_INSTANT = sa.DateTime(timezone=True)
_UNDER_WAY = sa.text("state IN ('open', 'running')")


def upgrade() -> None:
    create_v2(op)
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("law", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("identity", sa.Text()),
        sa.Column("identity_checked_by", sa.Uuid()),
        sa.Column("identity_checked_at", _INSTANT),
        sa.Column("reason", sa.Text()),
        sa.Column("opened_by", sa.Uuid()),
        sa.Column("begun_by", sa.Uuid()),
        sa.Column("begun_at", _INSTANT),
        sa.Column("done_at", _INSTANT),
        sa.Column("reminded_at", _INSTANT),
        sa.Column("expires_at", _INSTANT),
        sa.Column("public_key", sa.LargeBinary()),
        sa.Column("secret", sa.LargeBinary()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_privacy_requests"),
    )
    op.create_index("ix_privacy_requests_created_at_id", "privacy_requests", ["created_at", "id"])
    op.create_index("ix_privacy_requests_person_id", "privacy_requests", ["person_id"])
    op.create_index("ix_privacy_requests_due_at", "privacy_requests", ["due_at"], postgresql_where=_UNDER_WAY)
    op.create_index(
        "ix_privacy_requests_expires_at",
        "privacy_requests",
        ["expires_at"],
        postgresql_where=sa.text("secret IS NOT NULL"),
    )
    op.create_index(
        "uq_privacy_requests_under_way",
        "privacy_requests",
        ["person_id", "kind"],
        unique=True,
        postgresql_where=_UNDER_WAY,
    )
    op.create_table(
        "privacy_answers",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("answered_at", _INSTANT),
        sa.Column("parts", sa.Integer()),
        sa.Column("tables", postgresql.JSONB(), nullable=False),
        sa.Column("kept", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["privacy_requests.id"], name="fk_privacy_answers_request_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("request_id", "service", name="pk_privacy_answers"),
    )
    op.create_table(
        "privacy_parts",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["privacy_requests.id"], name="fk_privacy_parts_request_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("request_id", "service", "part", name="pk_privacy_parts"),
    )
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", _INSTANT),
        sa.Column("placed_by", sa.Uuid()),
        sa.Column("lifted_at", _INSTANT),
        sa.Column("lifted_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_legal_holds_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_legal_holds"),
    )
    op.create_index("ix_legal_holds_created_at_id", "legal_holds", ["created_at", "id"])
    op.create_index("ix_legal_holds_person_id", "legal_holds", ["person_id"])
    op.create_table(
        "suppressed_points",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_suppressed_points"),
    )


def downgrade() -> None:
    for table in ("suppressed_points", "legal_holds", "privacy_parts", "privacy_answers", "privacy_requests"):
        op.drop_table(table)
    drop_v2(op)
