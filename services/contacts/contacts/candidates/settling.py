"""Merge what is a pair: by hand from the review queue, or without asking where a rule says so."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.errors import Invalid, Refusal
from contacts.candidates import actions
from contacts.candidates.finding import COMPANIES, PEOPLE, Matching
from contacts.candidates.model import MergeRule
from contacts.merging import actions as merging

MERGES_PER_TICK = 20


def merge_pair(session: Session, matching: Matching, duplicate_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Merge the two of a pair into `survivor_id`, or into the older; what was merged, and why."""
    merging.refuse_partners()
    found = actions.one(session, matching, duplicate_id)
    two = {found.low_id, found.high_id}
    survivor_id = body.get("survivor_id") or found.low_id
    if survivor_id not in two:
        raise Invalid("survivor_id", "unknown_reference", "The survivor is one of the two.")
    why = {"duplicate_id": str(found.id), "score": found.score, "reasons": found.reasons}
    (loser_id,) = two - {survivor_id}
    kind, chosen = merging.KINDS[matching.noun], body.get("choices")
    session.expunge(found)  # it goes with the loser
    return merging.merge(session, kind, survivor_id, [loser_id], chosen, body.get("strategy", "survivor"), why)


def merge_exact(session: Session) -> int:
    """Merge exact pairs of a kind whose rule is on, the survivor being the older record; how many. One that cannot be
    merged stays for review. One kind at a time, of which all records are locked before the first merge, and the pairs
    after them: otherwise somebody who merges one of them by hand would wait in a circle."""
    for matching in (COMPANIES, PEOPLE):
        pairs = matching.pairs
        exact = select(pairs).where(pairs.exact, pairs.state == "open").order_by(pairs.id).limit(MERGES_PER_TICK)
        seen = session.scalars(exact).all() if enabled(session, matching.noun) else ()
        if not seen:
            continue
        merging.hold(session, merging.KINDS[matching.noun], {id_ for one in seen for id_ in (one.low_id, one.high_id)})
        still = exact.where(pairs.id.in_([one.id for one in seen])).with_for_update(skip_locked=True)
        found = session.scalars(still, execution_options={"populate_existing": True}).all()
        return sum(_merge_exact(session, matching, one) for one in found)
    return 0


def enabled(session: Session, kind: str) -> bool:
    """Whether exact pairs of a kind are merged without asking."""
    rule = session.get(MergeRule, kind)
    return rule is not None and rule.enabled


def rules(session: Session) -> list[MergeRule]:
    """The rule of every kind."""
    known = {rule.kind: rule for rule in session.scalars(select(MergeRule))}
    return [known.get(kind) or MergeRule(kind=kind, enabled=False) for kind in merging.KINDS]


def set_rule(session: Session, kind: str, on: bool) -> MergeRule:
    """Let exact pairs be merged without asking, or no more."""
    values = {"kind": kind, "enabled": on, "changed_by": actor().id, "changed_at": clock.now()}
    put = insert(MergeRule).values(values).on_conflict_do_update(index_elements=["kind"], set_=values)
    session.execute(put)
    return session.get_one(MergeRule, kind, populate_existing=True)


def _merge_exact(session: Session, matching: Matching, found: Any) -> int:
    why = {"duplicate_id": str(found.id), "score": found.score, "reasons": found.reasons, "rule": "exact"}
    low, high = found.low_id, found.high_id
    try:
        with session.begin_nested():
            session.expunge(found)
            merging.merge(session, merging.KINDS[matching.noun], low, [high], why=why)
    except Refusal:
        still = session.get(matching.pairs, why["duplicate_id"])
        if still is not None:
            still.exact = False
        return 0
    return 1
