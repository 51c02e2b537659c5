"""The routes of bulk edits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, true
from sqlalchemy.orm import Session

from chassis.access import actor, visible
from chassis.errors import BadRequest, Invalid
from chassis.http import Api, Resource
from chassis.jobs import Job, JobOut
from contacts.bulk import actions, running  # noqa: F401 - running registers the jobs
from contacts.bulk.model import BulkEdit
from contacts.bulk.schema import BulkEditIn, BulkEditOut, PreviewOut, changes_of
from contacts.people.api import PEOPLE
from contacts.people.model import Person
from contacts.quality.finding import incomplete
from contacts.quality.measuring import PEOPLE as MEASURED

api = Api("bulk edits", scope="contacts")


def _mine() -> Any:
    who = actor()
    return true() if who.reach == "all" else BulkEdit.created_by == who.id


api.add(
    Resource(
        BulkEdit,
        path="bulk-edits",
        read=BulkEditOut,
        filters=("created_by", "created_at"),
        where=_mine,
    )
)


@api.post("/people/bulk-edits/preview", body=BulkEditIn, returns=PreviewOut, errors=(403,))
def preview_bulk_edit(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Say how many people a bulk edit is about, and what would become of the first. Nothing is written."""
    return actions.preview(session, _chosen(session, body), changes_of(body))


@api.post("/people/bulk-edits", body=BulkEditIn, returns=BulkEditOut, status=202, errors=(403,))
def start_bulk_edit(session: Session, body: dict[str, Any]) -> BulkEdit:
    """Change many people at once.

    It is about who is chosen now, as they are now: who is changed by others before it is their turn is left out. Watch
    `/jobs/{id}` with the id of the edit; who was left out, and why, is at `/jobs/{id}/errors`.
    """
    return actions.start(session, _chosen(session, body), changes_of(body), body)


@api.post("/bulk-edits/<uuid:edit_id>/undo", returns=JobOut, status=202, errors=(403, 404, 409))
def undo_bulk_edit(session: Session, edit_id: UUID) -> Job:
    """Take a bulk edit back. What was changed since stays as it is."""
    return actions.undo(session, edit_id)


def _chosen(session: Session, body: dict[str, Any]) -> Select[Any]:
    """A SELECT of the ids of the people whom the body names. Invalid where it says so in two ways, or in none."""
    actions.refuse_partners()
    if ("ids" in body) == ("filter" in body):
        raise Invalid("ids", "required", "Name people by ids or by a filter.")
    if "ids" in body:
        return actions.by_ids(body["ids"], session)
    query = dict(body["filter"])
    missing = [name for name in query.pop("missing", "").split(",") if name]
    statement = visible(PEOPLE.statement(PEOPLE.select(["id"])), Person, access="write")
    try:
        if unknown := [name for name in missing if name not in MEASURED.weights]:
            raise BadRequest("missing", "not_a_choice", f"There is no field {unknown[0]!r}.")
        if paged := [name for name in ("limit", "cursor", "sort") if name in query]:
            raise BadRequest(paged[0], "unknown_parameter", "A filter has no pages.")
        return PEOPLE.spec.narrowed(statement.where(*incomplete(MEASURED, missing)), query)
    except BadRequest as refusal:
        first = refusal.errors[0]
        raise Invalid(f"filter.{first.field}", first.code, first.message) from None
