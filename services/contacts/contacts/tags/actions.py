"""Use cases about tags: made, changed, given and taken by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load, visible
from chassis.errors import Conflict, FieldError, Forbidden, Invalid
from chassis.jobs import Job, start_job
from contacts.companies.model import Company
from contacts.people.model import Person
from contacts.tags.fitting import fits
from contacts.tags.giving import Cause, Subject, bring
from contacts.tags.model import Tag, TagGiving
from contacts.tags.rules import check_by_hand, check_name, check_rule, is_timed, label_of

RUN = "contacts.tag"


def create(session: Session, data: dict[str, Any]) -> Tag:
    """A new tag, and the job that gives it to whom it fits. Those whose `tags` bear its label already have it."""
    refuse_partners()
    name, kind = check_name(data.pop("name")), data.pop("kind")
    label = label_of(kind, name)
    same = (Tag.kind == kind) & (func.lower(Tag.name) == func.lower(name))
    if session.scalar(select(Tag.id).where(same)) is not None:
        raise _taken()
    tag = Tag(kind=kind, name=name, label=label, **data)
    _rule(tag)
    session.add(tag)
    session.flush()
    start(session, tag)
    return tag


def change(session: Session, tag: Tag, changes: dict[str, Any]) -> Tag:
    """Change a tag (locked); another rule is run over everybody. Without its rule it stays with whom it is."""
    refuse_partners()
    before = tag.rule
    for name, value in changes.items():
        setattr(tag, name, value)
    if tag.rule != before:
        _rule(tag)
        start(session, tag)
    return tag


def remove(session: Session, tag: Tag) -> None:
    """Delete a tag that nobody has."""
    refuse_partners()
    held = select(TagGiving.id).where(TagGiving.tag_id == tag.id, TagGiving.taken_at.is_(None))
    if session.scalar(held.limit(1)) is not None:
        raise Conflict("in_use", "Somebody has this tag; take it from them first.")
    session.delete(tag)


def start(session: Session, tag: Tag) -> Job:
    """A job that applies the tag (locked) to everybody; an older one for the same tag gives way to it."""
    job = start_job(session, RUN, params={"tag_id": str(tag.id)})
    tag.run_id, tag.run_at = job.id, clock.now()
    return job


def rerun(session: Session, tag_id: UUID) -> Job:
    """Apply a tag to everybody once more."""
    refuse_partners()
    return start(session, load(session, Tag, tag_id, lock=True))


def preview(session: Session, rule: dict[str, Any]) -> int:
    """How many people within the actor's reach a rule fits now."""
    refuse_partners()
    check_rule(rule)
    statement = select(func.count()).select_from(Person).where(fits(rule, clock.now()))
    return session.scalar(visible(statement, Person)) or 0


def by_hand(
    session: Session,
    tag_id: UUID,
    *,
    give: bool,
    person_ids: Sequence[UUID] = (),
    company_ids: Sequence[UUID] = (),
    reason: str | None = None,
) -> dict[str, int]:
    """Give a tag to people and companies, or take it from them: how many that `changed`, and how many were so already
    (`unchanged`). All of them or, where one is not within reach (Invalid), none. A tag with a rule is a Conflict."""
    refuse_partners()
    tag = load(session, Tag, tag_id)
    check_by_hand(tag.rule)
    if not person_ids and not company_ids:
        raise Invalid("person_ids", "required", "Name people or companies.")
    changed = total = 0
    # Companies first, as everywhere: locks are taken in one order.
    for model, field, ids in ((Company, "company_ids", company_ids), (Person, "person_ids", person_ids)):
        rows = _locked(session, model, field, ids) if ids else ()
        changed += bring(session, tag, rows, {row.id for row in rows} if give else (), Cause("hand", reason))
        total += len(rows)
    return {"changed": changed, "unchanged": total - changed}


def history(session: Session, model: type[Subject], subject_id: UUID) -> list[dict[str, Any]]:
    """Which tags somebody has and had, the latest first."""
    load(session, model, subject_id)
    column = TagGiving.person_id if model is Person else TagGiving.company_id
    statement = select(TagGiving, Tag).join(Tag, Tag.id == TagGiving.tag_id).where(column == subject_id)
    found = session.execute(statement.order_by(TagGiving.created_at.desc(), TagGiving.id.desc()).limit(500))
    return [_shown(giving, tag) for giving, tag in found]


def refuse_partners() -> None:
    """Forbidden for partners: tags say what the enterprise thinks of whom."""
    if actor().reach == "partner":
        raise Forbidden("Partners do not keep tags.", "partner_reach")


def _shown(giving: TagGiving, tag: Tag) -> dict[str, Any]:
    told = {name: getattr(tag, name) for name in ("kind", "name", "label", "colour")}
    parts = ("how", "by", "why")
    given = {f"given_{part}": getattr(giving, f"given_{part}") for part in parts}
    taken = {f"taken_{part}": getattr(giving, f"taken_{part}") for part in (*parts, "at")}
    return {"id": giving.id, "tag_id": tag.id, "given_at": giving.created_at, **told, **given, **taken}


def _locked(session: Session, model: type[Any], field: str, ids: Sequence[UUID]) -> Sequence[Any]:
    statement = visible(select(model).where(model.id.in_(ids)), model, access="write").order_by(model.id)
    statement = statement.with_for_update(of=model, key_share=True)
    rows = session.scalars(statement, execution_options={"populate_existing": True}).all()
    known = {row.id for row in rows}
    lost = [f"{field}.{i}" for i, id_ in enumerate(ids) if id_ not in known]
    if lost:
        raise Invalid.many([FieldError(path, "unknown_reference", "There is no such record.") for path in lost])
    return rows


def _rule(tag: Tag) -> None:
    if tag.rule is not None:
        check_rule(tag.rule)
    tag.timed = is_timed(tag.rule)


def _taken() -> Conflict:
    refusal = Conflict("tag_exists", "There is a tag of this kind and name.")
    refusal.errors = [FieldError("name", "taken", "There is a tag of this kind and name.")]
    return refusal
