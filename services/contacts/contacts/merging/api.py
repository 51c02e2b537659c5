"""The routes of merging."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import load
from chassis.http import Api
from chassis.http.render import dumper
from contacts.merging import actions
from contacts.merging.model import Merge
from contacts.merging.parting import unmerge
from contacts.merging.schema import MergedOut, MergeIn, MergeOut
from contacts.people import actions as people
from contacts.people.model import Person

api = Api("merging", scope="contacts")


@api.post("/people/<uuid:person_id>/merge", body=MergeIn, returns=MergedOut, errors=(403, 404, 409))
def merge_people(session: Session, person_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Merge other records of a person into this one.

    All that hung on them follows, here and in every other service; their ids redirect to this one. Where one of them
    took a consent back, it stays taken back. `dry_run` answers with the same and changes nothing.
    """
    losers = body.get("loser_ids") or [body["loser_id"]]
    if not body["dry_run"]:
        return actions.merge(session, person_id, losers, body["choices"])
    trial = session.begin_nested()
    try:
        return dumper(MergedOut())(actions.merge(session, person_id, losers, body["choices"]))
    finally:
        trial.rollback()


@api.post("/merges/<uuid:merge_id>/unmerge", returns=MergeOut, errors=(403, 404, 409))
def unmerge_people(session: Session, merge_id: UUID) -> Merge:
    """Undo a merge.

    Both records are as they were, but for what was changed since; what was added since stays with the survivor, and so
    does a consent that was taken back.
    """
    return unmerge(session, merge_id)


@api.get("/merges/<uuid:merge_id>", returns=MergeOut, errors=(403, 404))
def read_merge(session: Session, merge_id: UUID) -> Merge:
    """Read a merge."""
    actions.refuse_partners()
    merge = load(session, Merge, merge_id)
    load(session, Person, people.moved(session, merge.survivor_id))
    return merge
