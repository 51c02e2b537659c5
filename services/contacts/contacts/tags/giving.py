"""Give and take a tag: the label on the record, the row that says who, when and why, and the event, together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.events import emit
from contacts.companies import actions as companies
from contacts.companies.model import Company
from contacts.people import actions as people
from contacts.people.model import Person
from contacts.people.rules import merged_tags
from contacts.tags.model import Tag, TagGiving

Subject = Person | Company


@dataclass(frozen=True)
class Cause:
    """How (`hand`, `rule`, `record`) and why a tag is given or taken."""

    how: str
    why: str | None = None

    @property
    def by(self) -> UUID | None:
        """Who did it, where somebody did."""
        return actor().id if self.how == "hand" else None


def bring(session: Session, tag: Tag, rows: Sequence[Subject], having: Collection[UUID], cause: Cause) -> int:
    """Make those of `rows` (locked, all of one kind) whose id is in `having` have the tag, and the others not; how many
    that changed. Nothing is done twice: what is so already stays as it is."""
    if not rows:
        return 0
    kept = open_givings(session, tag, rows)
    changed = 0
    for row in rows:
        wanted, giving = row.id in having, kept.get(row.id)
        changed += wanted != (giving is not None)
        if wanted and giving is None:
            _give(session, tag, row, cause)
        elif not wanted and giving is not None:
            _take(session, tag, giving, cause)
        _label(session, tag, row, wanted)
    return changed


def open_givings(session: Session, tag: Tag, rows: Sequence[Subject]) -> dict[UUID, TagGiving]:
    """The rows that say who of `rows` has the tag, by the id of whom."""
    column = TagGiving.person_id if isinstance(rows[0], Person) else TagGiving.company_id
    here = select(TagGiving).where(
        TagGiving.tag_id == tag.id, TagGiving.taken_at.is_(None), column.in_([row.id for row in rows])
    )
    found = session.scalars(here, execution_options={"populate_existing": True})
    return {(giving.person_id or giving.company_id): giving for giving in found}  # type: ignore[misc]


def _give(session: Session, tag: Tag, row: Subject, cause: Cause) -> None:
    who = {"person_id": row.id} if isinstance(row, Person) else {"company_id": row.id}
    giving = TagGiving(tag_id=tag.id, given_how=cause.how, given_by=cause.by, given_why=cause.why, **who)
    session.add(giving)
    _tell(session, "tag.given", tag, giving, cause)


def _take(session: Session, tag: Tag, giving: TagGiving, cause: Cause) -> None:
    giving.taken_at, giving.taken_how = clock.now(), cause.how
    giving.taken_by, giving.taken_why = cause.by, cause.why
    _tell(session, "tag.taken", tag, giving, cause)


def _label(session: Session, tag: Tag, row: Subject, wanted: bool) -> None:
    if wanted == (tag.label in row.tags):
        return
    now = merged_tags(row.tags, [tag.label]) if wanted else [label for label in row.tags if label != tag.label]
    if isinstance(row, Person):
        row.tags = now
        people.updated(session, row)
    else:
        companies.change(session, row, {"tags": now})


def _tell(session: Session, type_: str, tag: Tag, giving: TagGiving, cause: Cause) -> None:
    data = {
        "tag_id": str(tag.id), "kind": tag.kind, "label": tag.label, "how": cause.how,
        "person_id": str(giving.person_id) if giving.person_id else None,
        "company_id": str(giving.company_id) if giving.company_id else None,
        "actor_id": str(cause.by) if cause.by else None,
    }  # fmt: skip
    emit(session, type_, giving, data)
