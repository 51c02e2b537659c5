"""People of a step who may be new, column by column: a frame of them instead of an object for each row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

import polars as pl

from contacts.imports.drafts import TEXTS, Draft
from contacts.imports.plan import Plan
from contacts.imports.texts import company_keys, json_text
from contacts.points.rules import KINDS, Kind, Point, key_of

# What a person has of a row, beside their contact points.
_SAID = ("name", *TEXTS, "country", "address_kind", "note", "source", "tags", "roles", "custom")
_LISTS = ("tags", "roles")
_PEOPLE = {"number": pl.Int64, "id": pl.String, **dict.fromkeys(_SAID, pl.String)}
_POINTS = {"value": pl.String, "typed": pl.String, "label": pl.String, "shared": pl.Boolean, "key": pl.String}
_COMPANIES = {"company_key": pl.String, "company_name": pl.String, "number": pl.Int64}
_ALL_HAVE: dict[str, Callable[[Plan], str]] = {
    "source": lambda plan: plan.source,
    "tags": lambda plan: json_text(plan.tags),
    "roles": lambda _: "[]",
}


class Reached(NamedTuple):
    """Contact points of one kind, at most one for each person: `value`, `typed`, `label`, `shared`, which stand with
    `points.rules.Point`, and their `key`. Where there is none, value and key are null."""

    kind: Kind
    points: pl.DataFrame

    def keyed(self, names: pl.Series) -> Self:
        """With the keys that the points have, when they belong to people of these names."""
        keys = key_of(self.kind, "", False, "") + self.points["value"]
        shared = (self.points["shared"] & keys.is_not_null()).arg_true().to_list()
        if shared:
            own = zip(self.points["value"].gather(shared), names.gather(shared), strict=True)
            keys = keys.scatter(shared, [key_of(self.kind, value, True, name or "") for value, name in own])
        return self._replace(points=self.points.with_columns(key=keys))


@dataclass(frozen=True)
class Block:
    """`people` by the rows that name them: the `number` of the row, the `id` that they get, and what is said of them by
    field (of `_SAID`, as texts; lists and objects as JSON; no column where it is the same for all), with the
    `company_key` of where they work. How they are `reached` stands row by row beside them; all in the order of the
    file."""

    people: pl.DataFrame
    reached: Sequence[Reached]

    @classmethod
    def empty(cls) -> Self:
        """Nobody."""
        return cls(pl.DataFrame(schema={name: _PEOPLE[name] for name in ("number", "id", "name")}), [])

    @classmethod
    def of(cls, drafts: Sequence[Draft]) -> Self:
        """The same of rows that were read one by one."""
        if not drafts:
            return cls.empty()
        said = {name: [_text(name, getattr(draft, name)) for draft in drafts] for name in _SAID}
        ids = [str(draft.id) for draft in drafts]
        people = pl.DataFrame({"number": [draft.number for draft in drafts], "id": ids, **said}, schema=_PEOPLE)
        return cls.at_companies(people, [column for kind in KINDS for column in _columns(kind, drafts)])

    @classmethod
    def at_companies(cls, people: pl.DataFrame, reached: Sequence[Reached]) -> Self:
        """People of whom rows may say where they work: with what the companies' names are matched by."""
        if "company_name" in people.columns:
            keys = company_keys(people.select(company_key="company_name"))
            people = people.with_columns(keys)
        return cls(people, reached)

    def given(self, name: str, value: Any) -> Block:
        """With a value that all have, unless it is nothing."""
        return Block(self.people.with_columns(pl.lit(json_text(value)).alias(name)), self.reached) if value else self

    def all_have(self, name: str, plan: Plan) -> str | None:
        """What all have in a field of which rows say nothing."""
        return _ALL_HAVE[name](plan) if name in _ALL_HAVE else None

    def __len__(self) -> int:
        return len(self.people)

    @cached_property
    def keys(self) -> pl.Series:
        """All keys of all contact points."""
        return pl.concat([pl.Series([], dtype=pl.String), *(one.points["key"] for one in self.reached)]).drop_nulls()

    def owners(self) -> dict[str, str]:
        """Whose each key is, by their ids."""
        ids = self.people["id"].to_list()
        return {key: id_ for one in self.reached for key, id_ in zip(one.points["key"], ids, strict=True) if key}

    def keys_of(self, points: Collection[tuple[str, str]]) -> Iterator[str]:
        """The keys of those contact points which, by kind and value, are among `points`."""
        for one in self.reached if points else ():
            own = one.points.select("key", "value").iter_rows()
            yield from (key for key, value in own if (one.kind, value) in points)

    def contact_points(self) -> Iterator[tuple[str, str]]:
        """Kind and value of all contact points."""
        return ((one.kind, value) for one in self.reached for value in one.points["value"].drop_nulls())

    @cached_property
    def companies(self) -> pl.DataFrame:
        """The companies that rows name: `company_key`, `company_name` and the `number` of the row."""
        if "company_key" not in self.people.columns:
            return pl.DataFrame(schema=_COMPANIES)
        return self.people.select(*_COMPANIES).drop_nulls("company_key")

    def only(self, wanted: pl.Series) -> Block:
        """Those people of whom `wanted` says so."""
        if wanted.all():
            return self
        return Block(
            self.people.filter(wanted), [Reached(kind, points.filter(wanted)) for kind, points in self.reached]
        )


def points_at(reached: Sequence[Reached], place: int) -> list[Point]:
    """The contact points of one person, by the place in the columns."""
    points = [(kind, *points.select("value", "typed", "label", "shared").row(place)) for kind, points in reached]
    return [Point(*point) for point in points if point[1]]


def _text(name: str, value: Any) -> str | None:
    if name in _LISTS:
        return json_text(list(value))
    return json_text(value) if name == "custom" and value else value or None


def _columns(kind: Kind, drafts: Sequence[Draft]) -> Iterator[Reached]:
    """The first points of this kind, the second ones, and so on; each key counts once."""
    points = [
        list({point.key(draft.name): point for point in draft.points if point.kind == kind}.items()) for draft in drafts
    ]
    for place in range(max(map(len, points), default=0)):
        rows = [(*own[place][1][1:], own[place][0]) if place < len(own) else _NO_POINT for own in points]
        yield Reached(kind, pl.DataFrame(rows, schema=_POINTS, orient="row"))


_NO_POINT = None, None, "", False, None
