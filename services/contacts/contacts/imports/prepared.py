"""A new person as text, for the database and for the news of them: made as their row is read, while PostgreSQL writes
the rows before, so that the step only adds what it alone knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from chassis.db.bulk import array_text, copy_line
from chassis.ids import uuid7_text
from contacts.bundles import personal_of
from contacts.imports.drafts import Draft, Prepared
from contacts.imports.plan import Plan
from contacts.people.events import contact_data
from contacts.points.rules import KINDS, Point

# What a row says of a person, then what the step adds, then what is the same for all people of a step.
SAID = (
    "id", "name", "job_title", "company_name", "tags", "country", "region", "city", "postcode", "address", "note",
    "source", "search_text", "roles", "address_kind",
)  # fmt: skip
ADDED = ("company_id", "custom")
ALIKE = ("lifecycle", "reference", "utm", "entered_by", "owner_id", "team_id", "partner_id", "version", "created_at",
         "updated_at")  # fmt: skip
POINTS = ("key", "kind", "value", "typed", "label", "shared", "position", "person_id")
_MOST_AROUND = 10_000


class Preparer:
    """Prepares the new people of one import."""

    def __init__(self, plan: Plan) -> None:
        self._owned = plan.owned.owner_id, plan.owned.team_id, plan.owned.partner_id
        self._around: dict[tuple[Any, ...], tuple[str, str]] = {}

    def prepare(self, draft: Draft) -> Prepared:
        """Give somebody who may be new an id and an owner, and bring them into the form that they are written in."""
        id_ = draft.id = draft.id or uuid7_text()
        draft.owner_id, draft.team_id, draft.partner_id = self._owned
        person = copy_line((
            id_, draft.name, draft.job_title, draft.company_name, array_text(draft.tags), draft.country, draft.region,
            draft.city, draft.postcode, draft.address, draft.note, draft.source, draft.searched,
            array_text(draft.roles), draft.address_kind,
        ))  # fmt: skip
        before, after = self._data(draft)
        names = orjson.dumps(personal_of(draft, draft.points))
        points = point_lines(id_, draft.name, draft.points)
        draft.prepared = Prepared(person, points, before + id_ + after, names)
        return draft.prepared

    def _data(self, draft: Draft) -> tuple[str, str]:
        """What an event tells of somebody new without what names them, around their id: the same for a great many."""
        alike = (draft.country, draft.postcode, draft.source, tuple(draft.roles), *draft.tags)
        around = self._around.get(alike)
        if around is None:
            if len(self._around) >= _MOST_AROUND:
                self._around.clear()
            data = contact_data(draft) | {"company_id": None, "custom": {}, "sequence": 1}
            before, _, after = orjson.dumps(data).decode().partition(str(draft.id))
            around = self._around[alike] = before, after
        return around


def point_lines(id_: str, name: str, points: Sequence[Point], after: Sequence[Point] = ()) -> list[str]:
    """Rows of contact points; the first of each kind is the primary one, unless there are some already."""
    places = dict.fromkeys(KINDS, 0)
    for point in after:
        places[point.kind] += 1
    lines: dict[str, str] = {}
    for point in points:
        key, kind = point.key(name), point.kind
        if key not in lines:
            shared = "t" if point.shared else "f"
            lines[key] = copy_line((key, kind, point.value, point.typed, point.label, shared, str(places[kind]), id_))
            places[kind] += 1
    return list(lines.values())
