"""The way out for many events at once: imports and other set-based changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import clock
from chassis.context import current
from chassis.db.bulk import copy_line, copy_text
from chassis.events.contracts import contracts_in
from chassis.events.envelope import Event, wire_type
from chassis.ids import uuid7

# A hundred of the largest things that are told of are still no more than an event may hold.
TOGETHER = 100
_CHECK_EVERY = 100


@dataclass(frozen=True, slots=True)
class Change:
    """One of many events: `subject` (`people/<id>`), the entity's version, and its state with `personal` in it. Parts
    of the state may be JSON already (`orjson.Fragment`)."""

    subject: str
    sequence: int
    data: dict[str, Any]


def emit_many(session: Session, type_: str, changes: Sequence[Change], *, version: int = 1) -> None:
    """Like `emit` for each of `changes`, in their order, by one COPY: some 10 us an event. They precede whatever `emit`
    sends in the same transaction. Of data made alike by one piece of code, the first and then each hundredth is held
    against the contract (ContractError)."""
    if not changes:
        return
    service = session.info["service"]
    contracts = contracts_in(service.root / "contracts")
    envelope, traceparent = _envelope(service.source, type_, version), current().traceparent
    wire, lines = wire_type(type_, version), []
    for place, change in enumerate(changes):
        id_ = str(uuid7())
        envelope |= {"id": id_, "subject": change.subject, "sequence": change.sequence, "data": change.data}
        envelope["correlationid"] = current().correlation_id or id_
        body = orjson.dumps(envelope)
        if place % _CHECK_EVERY == 0:
            contracts.check(type_, version, orjson.loads(body)["data"])
        # JSON has neither tabs nor ends of lines: of what COPY would take for something else only backslashes.
        lines.append(b"%s\t%s\n" % (copy_line((id_, wire, traceparent)).encode(), body.replace(b"\\", rb"\\")))
    copy_text(session, "outbox", ("event_id", "type", "traceparent", "body"), map(b"".join, parts_of(lines)))
    session.execute(text("SELECT pg_notify('outbox', '')"))


def parts_of(whole: Sequence[Any]) -> list[Sequence[Any]]:
    """The whole in parts of as many as one event tells of."""
    return [whole[i : i + TOGETHER] for i in range(0, len(whole), TOGETHER)]


def emit_together(session: Session, type_: str, name: str, states: Sequence[dict[str, Any]], **all_of: Any) -> None:
    """Tell of many entities by events of up to a hundred each (docs/adr/0019): `data[name]` holds their states, each
    with its own `sequence`, from which `Event.each` makes single events again; `all_of` holds of all of them. The
    subject is a batch: an id that the events of one call share, and `sequence` counts them."""
    batch = str(uuid7())
    told = [{"batch_id": batch, **all_of, name: part} for part in parts_of(states)]
    emit_many(session, type_, [Change(f"batches/{batch}", number, data) for number, data in enumerate(told, start=1)])


def _envelope(source: str, type_: str, version: int) -> dict[str, Any]:
    """The attributes that all of the events share."""
    context = current()
    common = Event(
        id=uuid7(),
        source=source,
        type=type_,
        version=version,
        subject="",
        time=clock.now(),
        data={},
        causationid=context.causation_id,
        actorid=str(context.actor.id) if context.actor.id else None,
        traceparent=context.traceparent,
    )
    return common.to_dict()
