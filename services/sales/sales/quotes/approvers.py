"""Who may decide on a step: who is asked, who stands in for them while they are absent, and whom they let decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from chassis.access import Actor, actor
from chassis.errors import Conflict, Forbidden
from sales.approvals.people import is_away
from sales.assignment.model import Availability
from sales.quotes.model import Approval, Quote
from sales.reps.model import Rep


@dataclass(frozen=True)
class Standing:
    """For whom somebody decides now: themselves, and those who are absent and named them as deputy."""

    id: UUID | None
    people: frozenset[UUID]
    roles: frozenset[str]
    stands_in: bool

    def decides(self, step: Approval) -> bool:
        """Whether a step is theirs."""
        named = step.delegate_id is not None and step.delegate_id == self.id
        return named or (step.approver_id in self.people if step.approver_id else step.role in self.roles)

    def by_name(self, step: Approval) -> bool:
        """Whether a step is theirs however far they reach otherwise."""
        named = self.id is not None and self.id in (step.delegate_id, step.approver_id)
        return named or (self.stands_in and self.decides(step))

    def waiting(self) -> ColumnElement[bool]:
        """Of waiting steps those that are theirs."""
        return or_(
            Approval.delegate_id == self.id,
            Approval.approver_id.in_(self.people),
            and_(Approval.approver_id.is_(None), Approval.role.in_(self.roles)),
        )


def standing(session: Session, who: Actor | None = None) -> Standing:
    """For whom the actor decides today."""
    who = who or actor()
    if who.id is None:
        return Standing(None, frozenset(), frozenset(who.roles), stands_in=False)
    named = (
        select(Rep.id, Rep.roles, Rep.time_zone, Availability.absences)
        .join(Availability, Availability.id == Rep.id)
        .where(Rep.active, Availability.deputy_id == who.id)
    )
    away = [
        (rep_id, roles) for rep_id, roles, time_zone, absences in session.execute(named) if is_away(absences, time_zone)
    ]
    people = {rep_id for rep_id, _ in away} | {who.id}
    roles = {role for _, held in away for role in held} | set(who.roles)
    return Standing(who.id, frozenset(people), frozenset(roles), bool(away))


def check_decides(who: Standing, quote: Quote, steps: Sequence[Approval], wanted: int | None) -> Approval:
    """The step of a pending quote that waits, for somebody who may decide on it. Each step is another person's, never
    the seller's. Conflict where the step was decided already or its turn has not come."""
    step = _waiting(who, quote, steps)
    if _decided(who, steps):
        raise _one_each()
    return _check_turn(who, step, steps, wanted)


def check_delegates(who: Standing, quote: Quote, steps: Sequence[Approval]) -> Approval:
    """The step that waits, for somebody who may let another decide on it: whoever may decide, and who is asked by name
    but decided on a step of a role before. Without them nobody could end that approval."""
    step = _waiting(who, quote, steps)
    if _decided(who, steps) and step.approver_id not in who.people:
        raise _one_each()
    return _check_turn(who, step, steps, None)


def end_steps(quote: Quote) -> None:
    """No step of the quote waits any more."""
    for step in quote.approvals:
        if step.status == "waiting":
            step.status = "recalled"


def _waiting(who: Standing, quote: Quote, steps: Sequence[Approval]) -> Approval:
    if who.id in (quote.submitted_by, quote.owner_id):
        raise Forbidden("Nobody approves a quote of their own.", "own_quote")
    step = next((one for one in steps if one.status == "waiting"), None)
    if step is None:
        raise Conflict("quote_decided", "No step of the approval waits.")
    return step


def _decided(who: Standing, steps: Sequence[Approval]) -> bool:
    return any(one.decided_by == who.id for one in steps if one.status == "approved")


def _one_each() -> Conflict:
    return Conflict("step_decided", "You decided on a step of this already; each is decided by somebody else.")


def _check_turn(who: Standing, step: Approval, steps: Sequence[Approval], wanted: int | None) -> Approval:
    mine = [one for one in steps if who.decides(one)]
    if (wanted is not None and wanted < step.step) or (
        not who.decides(step) and any(one.step < step.step for one in mine)
    ):
        raise Conflict("step_decided", "This step was decided by somebody else already.")
    if (wanted is not None and wanted > step.step) or (mine and step not in mine):
        raise Conflict("not_yet", f"Step {step.step} comes first.")
    if step not in mine:
        raise Forbidden("This step needs somebody else, or to be delegated to you.", "not_the_approver")
    return step
