"""The routes of quality."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import BadRequest
from chassis.http import Api, Resource
from contacts.companies.api import COMPANIES
from contacts.people.api import PEOPLE
from contacts.quality import actions, finding, reports
from contacts.quality.measuring import SUBJECTS, Subject
from contacts.quality.rules import BYS, SINCE, By
from contacts.quality.schema import (
    CompleteGroupOut,
    CompletenessOut,
    IncompleteQuery,
    MissingGroupOut,
    ReportQuery,
    StaleQuery,
    TimelinessOut,
    TimelinessQuery,
)

api = Api("quality", scope="contacts")
_MAX_PERIOD = timedelta(days=366)


def _declare(listed: Resource, subject: Subject) -> None:
    """The routes of one kind of record."""
    noun, path = listed.noun, listed.path

    def completeness(session: Session, id: UUID) -> dict[str, Any]:
        return actions.completeness(session, subject, id)

    def verify(session: Session, id: UUID) -> dict[str, Any]:
        return actions.verify(session, subject, id)

    def stale(session: Session, query: dict[str, str]) -> dict[str, Any]:
        actions.refuse_partners()
        days, since = _days(query.pop("days", "180")), _chosen(query, "since", SINCE) or SINCE
        query.setdefault("sort", "updated_at")
        before = clock.now() - timedelta(days=days)
        return listed.page(session, query, *finding.stale(subject, before, since))

    def incomplete(session: Session, query: dict[str, str]) -> dict[str, Any]:
        actions.refuse_partners()
        fields = _chosen(query, "missing", tuple(subject.weights))
        if not fields:
            raise BadRequest("missing", "required", "Name the fields that are missing.")
        return listed.page(session, query, *finding.incomplete(subject, fields))

    def complete(session: Session, query: dict[str, str]) -> list[dict[str, Any]]:
        by, rows = _report(listed, query)
        return reports.complete(session, subject, rows, by)

    def missing(session: Session, query: dict[str, str]) -> list[dict[str, Any]]:
        by, rows = _report(listed, query)
        return reports.missing(session, subject, rows, query, by)

    completeness.__doc__ = f"Say how complete a {noun} is, and what is missing."
    verify.__doc__ = f"Say that a {noun}'s record is right as it stands."
    stale.__doc__ = (
        f"List records ({path}) that nobody has verified, changed or touched for some days, the oldest first."
    )
    incomplete.__doc__ = f"List records ({path}) that lack all of the named fields."
    complete.__doc__ = f"Report how complete records ({path}) are, by owner, team or source."
    missing.__doc__ = f"Report which values are missing in records ({path}), by owner, team or source."
    told: dict[str, Any] = {"errors": (403,), "many": True, "extra_query": listed.parameters()}
    one: dict[str, Any] = {"errors": (403, 404), "returns": CompletenessOut}
    api.get(f"/{path}/<uuid:id>/completeness", **one)(completeness)
    api.post(f"/{path}/<uuid:id>/verify", **one)(verify)
    api.get(f"/{path}/stale", query=StaleQuery, returns=listed.read, **told)(stale)
    api.get(f"/{path}/incomplete", query=IncompleteQuery, returns=listed.read, **told)(incomplete)
    api.get(f"/quality/{path}/completeness", query=ReportQuery, returns=CompleteGroupOut, **told)(complete)
    api.get(f"/quality/{path}/missing", query=ReportQuery, returns=MissingGroupOut, **told)(missing)


@api.get("/quality/timeliness", query=TimelinessQuery, returns=TimelinessOut, many=True, errors=(403,))
def timeliness(session: Session, query: dict[str, Any]) -> list[dict[str, Any]]:
    """Report how soon each user enters what happened, and how complete the people are whom they enter."""
    actions.refuse_partners()
    until = query.get("to") or clock.now()
    since = query.get("from") or until - timedelta(days=30)
    if not timedelta() < until - since <= _MAX_PERIOD:
        raise BadRequest("from", "out_of_range", "The time must be more than none and at most 366 days.")
    return reports.timeliness(session, since, until)


def _report(listed: Resource, query: dict[str, str]) -> tuple[By, Select[Any]]:
    """Takes `by` out of `query`; and the rows that the rest asks for."""
    actions.refuse_partners()
    by = query.pop("by", "owner")
    if by not in BYS:
        raise BadRequest("by", "not_a_choice", f"Must be one of: {', '.join(BYS)}.")
    for name in ("limit", "cursor", "sort"):
        if name in query:
            raise BadRequest(name, "unknown_parameter", "A report has no pages.")
    return by, listed.spec.narrowed(listed.statement(listed.select(["id"])), query)


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 3650):
        raise BadRequest("days", "out_of_range", "days is a whole number from 1 to 3650.")
    return int(text)


def _chosen(query: dict[str, str], name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Takes a comma-separated parameter out of `query`. BadRequest for what is not `known`."""
    chosen = tuple(part for part in query.pop(name, "").split(",") if part)
    for part in chosen:
        if part not in known:
            raise BadRequest(name, "not_a_choice", f"Must be some of: {', '.join(known)}.")
    return chosen


_declare(PEOPLE, SUBJECTS["people"])
_declare(COMPANIES, SUBJECTS["companies"])
