"""Addresses that rows bring along besides the primary one, by what they are for. As with contact points, a record gets
those that it has not got, and loses none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis import clock
from chassis.errors import Invalid
from chassis.ids import uuid7
from contacts.addresses.columns import COLUMNS, column
from contacts.addresses.model import Address
from contacts.addresses.places import normal_place
from contacts.addresses.rules import MAX_ADDRESSES, PLACE, check_address
from contacts.companies.model import Company
from contacts.imports.cells import RowError, country_of, within
from contacts.imports.plan import Plan
from contacts.people.model import Person

Further = dict[str, Any]  # `kind`, and each part of a place
Holder = InstrumentedAttribute[UUID | None]
_PARTS = ("kind", *PLACE)
_TAKE_BACK = text(
    """
    DELETE FROM addresses AS a WHERE import_id = :import_id AND version = 1
    AND NOT EXISTS (SELECT FROM imported_people AS i LEFT JOIN import_changes AS c USING (job_id, person_id)
                    WHERE i.job_id = :import_id AND i.person_id = a.person_id AND (i.created OR c.version IS NOT NULL))
    AND NOT EXISTS (SELECT FROM imported_companies AS i WHERE i.job_id = :import_id AND i.company_id = a.company_id
                    AND (i.created OR i.before <> '{}'))
    """
)


class AddressReader:
    """Reads the further addresses of rows; `places` says in which cell each mapped field is."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self._kinds: dict[str, dict[str, int]] = {}
        for name in COLUMNS.keys() & places.keys():
            kind, part = COLUMNS[name]
            self._kinds.setdefault(kind, {})[part] = places[name]

    def read(self, cells: Sequence[str]) -> list[Further]:
        """The addresses in a row. RowError names the column and the rule that it breaks."""
        return [address for kind, parts in self._kinds.items() if (address := _read(kind, parts, cells))]


def add(session: Session, plan: Plan, holder: Holder, wanted: Mapping[UUID, Sequence[Further]]) -> set[UUID]:
    """Give records (locked; `holder` is the column that names them) those of the `wanted` addresses that they have not
    got, as long as there is room; who gets one. A dry run only looks."""
    wanted = {id_: addresses for id_, addresses in wanted.items() if addresses}
    if not wanted:
        return set()
    primary, there = _there(session, holder, list(wanted))
    rows: list[Further] = []
    for id_, addresses in wanted.items():
        for address in addresses:
            own = primary[id_] | {"kind": primary[id_]["kind"] or address["kind"]}
            if address not in (own, *there[id_]) and len(there[id_]) < MAX_ADDRESSES:
                there[id_].append(address)
                rows.append({holder.key: id_, "id": uuid7(), "import_id": plan.job_id, **address})
    if rows and not plan.dry_run:
        now = clock.now()
        session.execute(insert(Address), [row | {"version": 1, "created_at": now, "updated_at": now} for row in rows])
    return {row[holder.key] for row in rows}


def take_back(session: Session, import_id: UUID) -> None:
    """Delete what an import brought, unless it was changed since or its record has to stay as it is."""
    session.execute(_TAKE_BACK, {"import_id": import_id})


def came_otherwise(import_id: UUID) -> ColumnElement[bool]:
    """Whether an address was not brought by this import, or was changed since."""
    return (Address.import_id.is_distinct_from(import_id)) | (Address.version > 1)


def _read(kind: str, places: Mapping[str, int], cells: Sequence[str]) -> Further | None:
    said = {part: cells[place].strip() for part, place in places.items()}
    if not any(said.values()):
        return None
    try:
        country = country_of(said.pop("country", ""))
        place = {part: within(part, value) or None for part, value in said.items()}
        place = normal_place({}, dict.fromkeys(PLACE) | place | {"country": country})
        check_address(place)
    except Invalid as refusal:
        error = refusal.errors[0]
        raise RowError(column(kind, error.field), error.code, error.message) from None
    except RowError as error:
        raise RowError(column(kind, error.field), error.code, error.message) from None
    return {"kind": kind, **place}


def _there(session: Session, holder: Holder, ids: list[UUID]) -> tuple[dict[UUID, Further], dict[UUID, list[Further]]]:
    """The primary address of each record, and its further ones."""
    model: Any = Person if holder.key == "person_id" else Company
    own = select(model.id, model.address_kind, *(getattr(model, part) for part in PLACE)).where(model.id.in_(ids))
    primary = {id_: dict(zip(_PARTS, parts, strict=True)) for id_, *parts in session.execute(own)}
    besides = select(holder, *(getattr(Address, part) for part in _PARTS)).where(holder.in_(ids))
    there: dict[UUID, list[Further]] = {id_: [] for id_ in ids}
    for id_, *parts in session.execute(besides):
        there[id_].append(dict(zip(_PARTS, parts, strict=True)))
    return primary, there
