"""The routes of merging."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from chassis.http.render import dumper
from chassis.schema import Schema
from contacts.merging import actions
from contacts.merging.kinds import Kind
from contacts.merging.model import Merge
from contacts.merging.parting import in_reach, unmerge
from contacts.merging.schema import MergedCompanyOut, MergedOut, MergeIn, MergeOut

api = Api("merging", scope="contacts")
api.add(
    Resource(
        Merge,
        path="merges",
        read=MergeOut,
        filters=("kind", "state", "survivor_id", "loser_id", "merged_by", "created_at"),
        where=in_reach,
    )
)


@api.post("/people/<uuid:person_id>/merge", body=MergeIn, returns=MergedOut, errors=(403, 404, 409))
def merge_people(session: Session, person_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Merge other records of a person into this one.

    All that hung on them follows, here and in every other service; their ids redirect to this one. Where one of them
    took a consent back, it stays taken back. `dry_run` answers with the same and changes nothing.
    """
    return _merge(session, actions.PERSON, person_id, body, MergedOut())


@api.post("/companies/<uuid:company_id>/merge", body=MergeIn, returns=MergedCompanyOut, errors=(403, 404, 409))
def merge_companies(session: Session, company_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Merge other records of a company into this one.

    Their people, and all else that hung on them, follow, here and in every other service; their ids redirect to this
    one. `dry_run` answers with the same and changes nothing.
    """
    return _merge(session, actions.COMPANY, company_id, body, MergedCompanyOut())


@api.post("/merges/<uuid:merge_id>/unmerge", returns=MergeOut, errors=(403, 404, 409))
def undo_merge(session: Session, merge_id: UUID) -> Merge:
    """Undo a merge.

    Both records are as they were, but for what was changed since; what was added since stays with the survivor, and so
    does a consent that was taken back.
    """
    return unmerge(session, merge_id)


def _merge(session: Session, kind: Kind, id: UUID, body: dict[str, Any], shown: Schema) -> dict[str, Any]:
    losers = body.get("loser_ids") or [body["loser_id"]]
    wanted = (kind, id, losers, body["choices"], body["strategy"])
    if not body["dry_run"]:
        return actions.merge(session, *wanted)
    trial = session.begin_nested()
    try:
        return dumper(shown)(actions.merge(session, *wanted))
    finally:
        trial.rollback()
