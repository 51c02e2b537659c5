"""The routes of bulk edits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, true
from sqlalchemy.orm import Session

from chassis.access import actor, visible
from chassis.errors import BadRequest, Invalid
from chassis.http import Api, Resource
from chassis.jobs import Job, JobOut
from contacts.bulk import actions, running  # noqa: F401 - running registers the jobs
from contacts.bulk.kinds import KINDS, Kind
from contacts.bulk.model import BulkEdit
from contacts.bulk.preview import preview
from contacts.bulk.rules import Edited
from contacts.bulk.schema import BulkEditOut, CompaniesEditIn, PeopleEditIn, PreviewOut, changes_of
from contacts.companies.api import COMPANIES
from contacts.people.api import PEOPLE
from contacts.quality.finding import incomplete
from contacts.quality.measuring import SUBJECTS

api = Api("bulk edits", scope="contacts")
_LISTS: dict[Edited, Resource] = {"people": PEOPLE, "companies": COMPANIES}


def _mine() -> Any:
    who = actor()
    return true() if who.reach == "all" else BulkEdit.created_by == who.id


api.add(
    Resource(
        BulkEdit,
        path="bulk-edits",
        read=BulkEditOut,
        filters=("entity", "created_by", "created_at"),
        where=_mine,
    )
)


@api.post("/people/bulk-edits/preview", body=PeopleEditIn, returns=PreviewOut, errors=(403,))
def preview_bulk_edit(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Say how many people a bulk edit is about, what would become of the first, and who would be left out. Nothing is
    written."""
    return _preview(session, KINDS["people"], body)


@api.post("/people/bulk-edits", body=PeopleEditIn, returns=BulkEditOut, status=202, errors=(403,))
def start_bulk_edit(session: Session, body: dict[str, Any]) -> BulkEdit:
    """Change many people at once.

    It is about who is chosen now, as they are now: who is changed by others before it is their turn is left out. Watch
    `/jobs/{id}` with the id of the edit; who was left out, and why, is at `/jobs/{id}/errors`.
    """
    return _start(session, KINDS["people"], body)


@api.post("/companies/bulk-edits/preview", body=CompaniesEditIn, returns=PreviewOut, errors=(403,))
def preview_bulk_edit_of_companies(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Say how many companies a bulk edit is about, what would become of the first, and which would be left out. Nothing
    is written."""
    return _preview(session, KINDS["companies"], body)


@api.post("/companies/bulk-edits", body=CompaniesEditIn, returns=BulkEditOut, status=202, errors=(403,))
def start_bulk_edit_of_companies(session: Session, body: dict[str, Any]) -> BulkEdit:
    """Change many companies at once, as many people are changed."""
    return _start(session, KINDS["companies"], body)


@api.post("/bulk-edits/<uuid:edit_id>/undo", returns=JobOut, status=202, errors=(403, 404, 409))
def undo_bulk_edit(session: Session, edit_id: UUID) -> Job:
    """Take a bulk edit back. What was changed since stays as it is."""
    return actions.undo(session, edit_id)


def _preview(session: Session, kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
    chosen = _chosen(kind, body)
    ids = list(dict.fromkeys(body.get("ids", ())))
    return preview(session, kind, chosen, changes_of(body), ids, body.get("seen_at"))


def _start(session: Session, kind: Kind, body: dict[str, Any]) -> BulkEdit:
    chosen = _chosen(kind, body)
    if "ids" in body:
        actions.all_of(session, kind, body["ids"])
    return actions.start(session, kind, chosen, changes_of(body), body)


def _chosen(kind: Kind, body: dict[str, Any]) -> Select[Any]:
    """A SELECT of the ids of the records that the body names and the actor sees. Invalid where it says so in two ways,
    or in none."""
    actions.refuse_partners()
    if ("ids" in body) == ("filter" in body):
        raise Invalid("ids", "required", f"Name {kind.entity} by ids or by a filter.")
    if "ids" in body:
        return visible(select(kind.model.id).where(kind.model.id.in_(body["ids"])), kind.model)
    records, measured = _LISTS[kind.entity], SUBJECTS[kind.entity]
    query = dict(body["filter"])
    missing = [name for name in query.pop("missing", "").split(",") if name]
    statement = records.statement(records.select(["id"]))
    try:
        if unknown := [name for name in missing if name not in measured.weights]:
            raise BadRequest("missing", "not_a_choice", f"There is no field {unknown[0]!r}.")
        if paged := [name for name in ("limit", "cursor", "sort") if name in query]:
            raise BadRequest(paged[0], "unknown_parameter", "A filter has no pages.")
        return records.spec.narrowed(statement.where(*incomplete(measured, missing)), query)
    except BadRequest as refusal:
        first = refusal.errors[0]
        raise Invalid(f"filter.{first.field}", first.code, first.message) from None
