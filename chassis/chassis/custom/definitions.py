"""The definitions as the code at hand uses them: kept by each process, settled under a lock where it writes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from chassis.access import Actor, actor
from chassis.custom.tables import custom_fields

TEXT, NUMBER, DATE, BOOLEAN = "text", "number", "date", "boolean"
CHOICE, MULTI_CHOICE, MONEY, REFERENCE = "choice", "multi_choice", "money", "reference"
TYPES = (TEXT, NUMBER, DATE, BOOLEAN, CHOICE, MULTI_CHOICE, MONEY, REFERENCE)
SORTABLE = (TEXT, NUMBER, DATE, BOOLEAN, CHOICE, MONEY)
_KEPT_SECONDS = 1.0
_MEMO = "custom.definitions"
_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('custom:' || :entity, 0))")
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('custom:' || :entity, 0))")


@dataclass(frozen=True)
class Definition:
    """One active field of an entity, as its row says."""

    entity: str
    key: str
    type: str
    label: Mapping[str, str]
    help: Mapping[str, str] | None
    required: bool
    is_unique: bool
    indexed: bool
    personal: bool
    partner_visible: bool
    default: Any
    choices: tuple[Mapping[str, Any], ...]
    rules: Mapping[str, Any]

    @property
    def values(self) -> list[str]:
        """The choices that may be made."""
        return [choice["value"] for choice in self.choices]


Definitions = Mapping[str, Definition]
Keys = tuple[tuple[str, tuple[str, ...]], ...]
_NONE: Definitions = {}


@dataclass(frozen=True)
class _Read:
    """All active fields of a service: by entity and key, and the keys that are shown to the staff and to partners."""

    at: float
    by_entity: Mapping[str, Definitions]
    keys: Keys
    partner_keys: Keys


def known(session: Session, model: type[Any], *, fresh: bool = False) -> Definitions:
    """The active fields of `model` in their order, by key, as they were at most a second ago; `fresh`: as they are."""
    return _all(session, fresh=fresh).by_entity.get(model.__tablename__, _NONE)


def shown_keys(session: Session) -> Keys:
    """The keys of the fields that the actor sees, by entity, in their order."""
    found = _all(session)
    return found.partner_keys if actor().reach == "partner" else found.keys


def settled(session: Session, model: type[Any]) -> Definitions:
    """The active fields of `model`, which nobody changes before this transaction ends."""
    session.execute(_SHARED, {"entity": model.__tablename__})
    return known(session, model, fresh=True)


def within_reach(definitions: Definitions, who: Actor | None = None) -> Definitions:
    """Those that the actor, or `who` in whose name something is done, may see."""
    if (who or actor()).reach != "partner":
        return definitions
    return {key: one for key, one in definitions.items() if one.partner_visible}


def hold(session: Session, entity: str) -> None:
    """Keep all writers of `entity` waiting until this transaction ends, which is about to change a definition."""
    session.execute(_ALONE, {"entity": entity})
    memo = session.info["memo"]
    event.listen(session, "after_commit", lambda _: memo.pop(_MEMO, None), once=True)


def _all(session: Session, *, fresh: bool = False) -> _Read:
    memo: dict[str, Any] = session.info["memo"]
    kept: _Read | None = memo.get(_MEMO)
    if kept is None or fresh or time.monotonic() - kept.at > _KEPT_SECONDS:
        kept = memo[_MEMO] = _read(session)
    return kept


def _read(session: Session) -> _Read:
    columns = custom_fields.c
    statement = select(
        columns.entity, columns.key, columns.type, columns.label, columns.help, columns.required, columns.is_unique,
        columns.indexed, columns.personal, columns.partner_visible, columns.default, columns.choices, columns.rules,
    ).where(columns.active, ~columns.deleting).order_by(columns.position, columns.key)  # fmt: skip
    found: dict[str, dict[str, Definition]] = {}
    for row in session.execute(statement):
        values = row._asdict() | {"choices": tuple(row.choices)}
        found.setdefault(row.entity, {})[row.key] = Definition(**values)
    partner = {entity: {k: f for k, f in fields.items() if f.partner_visible} for entity, fields in found.items()}
    return _Read(time.monotonic(), found, _keys(found), _keys(partner))


def _keys(found: Mapping[str, Definitions]) -> Keys:
    return tuple((entity, tuple(fields)) for entity, fields in found.items())
