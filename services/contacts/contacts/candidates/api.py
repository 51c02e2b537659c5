"""The routes of possible duplicates: the review queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from chassis.http.render import dumper
from contacts.candidates import actions, settling
from contacts.candidates.finding import COMPANIES, PEOPLE, Matching
from contacts.candidates.model import CompanyDuplicate, Duplicate, MergeRule
from contacts.candidates.schema import DismissIn, DuplicateOut, MergePairIn, MergeRuleIn, MergeRuleOut
from contacts.merging.actions import refuse_partners
from contacts.merging.schema import MergedCompanyOut, MergedOut

api = Api("duplicates", scope="contacts")


def _queue(matching: Matching, path: str) -> Resource:
    return Resource(
        matching.pairs,
        path=path,
        read=DuplicateOut,
        filters=("score", "state", "exact", "low_id", "high_id", "created_at"),
        sorts=("score", "created_at"),
        default_sort="-score",
        where=lambda: actions.in_reach(matching),
        exported=True,
    )


api.add(_queue(PEOPLE, "duplicates"))
api.add(_queue(COMPANIES, "company-duplicates"))


@api.post("/duplicates/<uuid:duplicate_id>/dismiss", returns=DuplicateOut, errors=(404, 409))
def dismiss_duplicate(session: Session, duplicate_id: UUID) -> Duplicate:
    """Say that these are two people; the pair is not shown again, unless there is clearly more evidence by then."""
    found: Duplicate = actions.dismiss(session, PEOPLE, duplicate_id)
    return found


@api.post("/company-duplicates/<uuid:duplicate_id>/dismiss", returns=DuplicateOut, errors=(404, 409))
def dismiss_company_duplicate(session: Session, duplicate_id: UUID) -> CompanyDuplicate:
    """Say that these are two companies, likewise."""
    found: CompanyDuplicate = actions.dismiss(session, COMPANIES, duplicate_id)
    return found


@api.post("/duplicates/dismiss", body=DismissIn, returns=DuplicateOut, many=True)
def dismiss_duplicates(session: Session, body: dict[str, Any]) -> Sequence[Duplicate]:
    """Dismiss many pairs of people at once; those that were open, and are dismissed now."""
    return actions.dismiss_many(session, PEOPLE, body["ids"])


@api.post("/company-duplicates/dismiss", body=DismissIn, returns=DuplicateOut, many=True)
def dismiss_company_duplicates(session: Session, body: dict[str, Any]) -> Sequence[CompanyDuplicate]:
    """Dismiss many pairs of companies at once, likewise."""
    return actions.dismiss_many(session, COMPANIES, body["ids"])


@api.post("/duplicates/<uuid:duplicate_id>/merge", body=MergePairIn, returns=MergedOut, errors=(403, 404, 409))
def merge_duplicate(session: Session, duplicate_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Merge the two people of a pair, into the older one unless `survivor_id` says otherwise."""
    return _merge(session, PEOPLE, duplicate_id, body, MergedOut())


@api.post(
    "/company-duplicates/<uuid:duplicate_id>/merge", body=MergePairIn, returns=MergedCompanyOut, errors=(403, 404, 409)
)
def merge_company_duplicate(session: Session, duplicate_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Merge the two companies of a pair, likewise."""
    return _merge(session, COMPANIES, duplicate_id, body, MergedCompanyOut())


@api.get("/people/<uuid:person_id>/duplicates", returns=DuplicateOut, many=True, read_only=False, errors=(403, 404))
def person_duplicates(session: Session, person_id: UUID) -> Sequence[Duplicate]:
    """List who may be the same as a person, looked for now, the likeliest first."""
    refuse_partners()
    return actions.of_record(session, PEOPLE, person_id)


@api.get("/companies/<uuid:company_id>/duplicates", returns=DuplicateOut, many=True, read_only=False, errors=(403, 404))
def company_duplicates(session: Session, company_id: UUID) -> Sequence[CompanyDuplicate]:
    """List which companies may be the same as a company, likewise."""
    refuse_partners()
    return actions.of_record(session, COMPANIES, company_id)


@api.get("/merge-rules", returns=MergeRuleOut, many=True)
def list_rules(session: Session) -> list[MergeRule]:
    """List of which kinds exact pairs are merged without asking."""
    return settling.rules(session)


@api.post("/merge-rules", body=MergeRuleIn, returns=MergeRuleOut, scope="gateway:admin")
def set_rule(session: Session, body: dict[str, Any]) -> MergeRule:
    """Let exact pairs of a kind be merged without asking, or no more.

    Each such merge says so (`why.rule` of `GET /merges`) and can be undone.
    """
    return settling.set_rule(session, body["kind"], body["enabled"])


def _merge(session: Session, matching: Matching, id: UUID, body: dict[str, Any], shown: Any) -> dict[str, Any]:
    if not body["dry_run"]:
        return settling.merge_pair(session, matching, id, body)
    trial = session.begin_nested()
    try:
        return dumper(shown)(settling.merge_pair(session, matching, id, body))
    finally:
        trial.rollback()
