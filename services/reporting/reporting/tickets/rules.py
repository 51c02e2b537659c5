"""The state of a ticket with its service levels and surveys, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chassis.errors import Malformed
from reporting.figures.rules import (
    Entry,
    Fact,
    Reach,
    day,
    flag,
    instant,
    number,
    optional_id,
    required_id,
    text,
)

SOURCE = "/service-desk"
STATE_TYPES = frozenset(
    f"ticket.{what}"
    for what in ("created", "updated", "assigned", "replied", "escalated", "resolved", "reopened", "closed")
)
TYPES = STATE_TYPES | {"sla.breached", "survey.sent", "survey.answered"}
OPEN = ("new", "open", "pending")
METRICS = ("first_response", "resolution")


@dataclass(slots=True)
class TicketState:
    """A ticket. `surveys`: id -> days sent and answered, score and mark; `breaches`: metric -> day it fell due.

    Surveys and breaches may be known before the ticket itself is; `state` is empty until then.
    """

    id: str
    mark: str = ""
    state: str = ""
    priority: str = ""
    kind: str = ""
    owner_id: str | None = None
    team_id: str | None = None
    partner_id: str | None = None
    created_at: datetime | None = None
    resolved_at: datetime | None = None
    first_response_on: date | None = None
    first_response_met: bool | None = None
    resolution_on: date | None = None
    resolution_met: bool | None = None
    breaches: dict[str, str] = field(default_factory=dict)
    surveys: dict[str, dict[str, Any]] = field(default_factory=dict)


def key(fact: Fact) -> str:
    """The ticket that the fact is about."""
    return required_id(fact.data, "ticket_id")


def fold(state: TicketState, fact: Fact) -> None:
    """Take a fact in. Malformed, with nothing changed, where it makes no sense."""
    if fact.type in STATE_TYPES:
        _fold_ticket(state, fact)
    elif fact.type == "sla.breached":
        _fold_breach(state, fact)
    else:
        _fold_survey(state, fact)


def entries(state: TicketState) -> Iterator[Entry]:
    """A ticket counts when it was made, a service level when it was met or fell due, a survey when answered."""
    if state.state:
        yield Entry("tickets.created", day(state.created_at), state.kind)
        if state.state in OPEN:
            yield Entry("tickets.open", None, state.priority)
        if state.resolved_at is not None:
            yield Entry("tickets.resolved", day(state.resolved_at), state.kind)
    levels = (state.first_response_on, state.first_response_met), (state.resolution_on, state.resolution_met)
    for metric, (on, met) in zip(METRICS, levels, strict=True):
        breached = state.breaches.get(metric)
        if met is not None:
            yield Entry(f"sla.{metric}", on, "met" if met else "missed")
        elif breached is not None:
            yield Entry(f"sla.{metric}", date.fromisoformat(breached), "missed")
    for survey in state.surveys.values():
        if sent := survey.get("sent_on"):
            yield Entry("surveys.sent", date.fromisoformat(sent))
        if answered := survey.get("answered_on"):
            yield Entry("surveys.answered", date.fromisoformat(answered), str(survey["score"]))


def belongs_to(state: TicketState) -> Reach:
    """Who sees it: the assignee, the team, the partner."""
    return Reach(state.owner_id, state.team_id, state.partner_id)


def _fold_ticket(state: TicketState, fact: Fact) -> None:
    data = fact.data
    status, priority, kind = text(data, "state", "new"), text(data, "priority"), text(data, "kind")
    whose = Reach(optional_id(data, "assignee_id"), optional_id(data, "team_id"), optional_id(data, "partner_id"))
    created_at, resolved_at = instant(data, "created_at") or fact.time, instant(data, "resolved_at")
    response = _level(fact, "first_response", instant(data, "first_responded_at"))
    resolution = _level(fact, "resolution", resolved_at)
    if fact.mark > state.mark:
        state.mark, state.state, state.priority, state.kind = fact.mark, status or "new", priority, kind
        state.owner_id, state.team_id, state.partner_id = whose
        state.created_at, state.resolved_at = created_at, resolved_at
        state.first_response_on, state.first_response_met = response
        state.resolution_on, state.resolution_met = resolution


def _level(fact: Fact, metric: str, done_at: datetime | None) -> tuple[date | None, bool | None]:
    """When a service level was decided and how; undecided without a verdict."""
    met, due = flag(fact.data, f"{metric}_met"), instant(fact.data, f"{metric}_due")
    return (None, None) if met is None else (day(done_at or due or fact.time), met)


def _fold_breach(state: TicketState, fact: Fact) -> None:
    metric, due = text(fact.data, "metric"), instant(fact.data, "due_at") or fact.time
    if metric not in METRICS:
        raise Malformed(f"metric is {metric!r}, not one of {', '.join(METRICS)}.")
    known = state.breaches.get(metric)
    state.breaches[metric] = min(known or "9", due.date().isoformat())


def _fold_survey(state: TicketState, fact: Fact) -> None:
    survey_id = required_id(fact.data, "survey_id")
    if fact.type == "survey.sent":
        survey = state.surveys.setdefault(survey_id, {})
        survey["sent_on"] = min(survey.get("sent_on", "9"), fact.time.date().isoformat())
        return
    score, answered_at = number(fact.data, "score", 1, 5), instant(fact.data, "answered_at") or fact.time
    survey = state.surveys.setdefault(survey_id, {})
    if fact.mark > survey.get("mark", ""):
        survey.update(mark=fact.mark, score=score, answered_on=answered_at.date().isoformat())
