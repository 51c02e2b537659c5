"""Export: all that a service holds of a person, as parts that only the asking service can open.

The parts travel as events, which lie in outboxes, in the broker and in the log. So they are sealed for a key that
whoever asked made for this one request: once that key is thrown away, so are all copies.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from chassis.errors import Malformed
from chassis.events.envelope import Event
from chassis.events.outbox import emit
from chassis.privacy.erased import people_of
from chassis.privacy.holdings import Holding, Holdings
from chassis.privacy.sealing import seal, unseal

PART = 600_000  # bytes; an event holds a million characters, and base64 makes four of three


def export(session: Session, event: Event, holdings: Holdings, *, tell: str) -> None:
    """`privacy.export_requested`: answer with all that is held of the person, in events of the type `tell`."""
    request, service = str(event.uuid("request_id")), session.info["service"].name
    content = orjson.dumps(collect(session, people_of(event), holdings), default=_plain, option=orjson.OPT_UTC_Z)
    parts = _cut(zlib.compress(content))
    for number, part in enumerate(parts, 1):
        data = {
            "request_id": request,
            "person_id": str(event.uuid("person_id")),
            "service": service,
            "part": number,
            "parts": len(parts),
        }
        try:
            sealed = seal(b64decode(event.data["public_key"]), part, about(data))
        except (KeyError, ValueError) as error:
            raise Malformed(f"{event.type} has no public key.") from error
        personal = {"sealed": b64encode(sealed).decode()}
        emit(session, tell, None, data, personal=personal, subject=f"privacy-requests/{request}", sequence=number)


def collect(session: Session, ids: Sequence[UUID], holdings: Holdings) -> dict[str, list[dict[str, Any]]]:
    """What is held of the people with these ids: by table, the rows with their columns."""
    found: dict[str, dict[Any, dict[str, Any]]] = {}
    for holding in holdings:
        rows = _rows(session, ids, holdings, holding)
        if rows:
            found.setdefault(holding.table, {}).update(rows)
    return {table: list(rows.values()) for table, rows in found.items()}


def assemble(private: bytes, parts: Sequence[tuple[Mapping[str, Any], bytes]]) -> bytes:
    """The JSON that a service exported, from the data and the sealed content of its parts, in order. ValueError where
    one was changed."""
    return zlib.decompress(b"".join(unseal(private, sealed, about(data)) for data, sealed in parts))


def about(data: Mapping[str, Any]) -> bytes:
    """What a part is bound to: it cannot stand for another request, service or place."""
    return "|".join(str(data[name]) for name in ("request_id", "service", "part", "parts")).encode()


def _rows(session: Session, ids: Sequence[UUID], holdings: Holdings, holding: Holding) -> dict[Any, dict[str, Any]]:
    table = holding.model.__table__
    keys = [column.name for column in inspect(holding.model).primary_key]
    columns = [table.c[name] for name in dict.fromkeys([*keys, *holding.exported])]
    statement = select(*columns).where(holdings.theirs(holding, ids)).order_by(*(table.c[key] for key in keys))
    rows = session.execute(statement).mappings()
    return {tuple(row[key] for key in keys): {name: row[name] for name in holding.exported} for row in rows}


def _cut(content: bytes) -> list[bytes]:
    return [content[at : at + PART] for at in range(0, len(content), PART)]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | UUID | timedelta):
        return str(value)
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in an export")
