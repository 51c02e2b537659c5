"""People of a step who may be new, column by column: a list for each field instead of an object for each row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, compress
from typing import Any, NamedTuple, Self, TypeVar

from contacts.imports.drafts import TEXTS, Draft
from contacts.imports.plan import Plan
from contacts.points.rules import KINDS, Kind, Point, key_of

# What a person has of a row, beside their contact points.
SAID = ("name", *TEXTS, "country", "address_kind", "note", "source", "tags", "roles", "custom")
_ALL_HAVE: dict[str, Callable[[Plan], Any]] = {
    "source": lambda plan: plan.source,
    "tags": lambda plan: tuple(plan.tags),
    "roles": lambda _: (),
}
V = TypeVar("V", bound=Hashable)
W = TypeVar("W")


class Reached(NamedTuple):
    """A column of contact points of one kind, at most one for each person: where there is none, its value and its key
    are "". What they mean stands with `points.rules.Point`."""

    kind: Kind
    values: list[str]
    typed: list[str]
    labels: list[str]
    shared: list[bool]
    keys: list[str]

    def keyed(self, names: Sequence[str]) -> Self:
        """With the keys that the points have, when they belong to people of these names."""
        start = key_of(self.kind, "", False, "")
        keys = [start + value if value else "" for value in self.values]
        for place in compress(range(len(keys)), self.shared):
            keys[place] = key_of(self.kind, self.values[place], True, names[place])
        return self._replace(keys=keys)


@dataclass(frozen=True, slots=True)
class Block:
    """People by the rows that name them: `numbers` of the rows, `ids` that they get, what is `said` of them by field
    (of `SAID`; lists as tuples; no column where it is the same for all) and how they are `reached`, all in the order of
    the file."""

    numbers: list[int]
    ids: list[str]
    said: Mapping[str, list[Any]]
    reached: list[Reached]

    @classmethod
    def empty(cls) -> Self:
        """Nobody."""
        return cls([], [], {}, [])

    @classmethod
    def of(cls, drafts: Sequence[Draft]) -> Self:
        """The same of rows that were read one by one."""
        said = {name: [getattr(draft, name) for draft in drafts] for name in SAID}
        said |= {name: list(map(tuple, said[name])) for name in ("tags", "roles")}
        reached = [column for kind in KINDS for column in _columns(kind, drafts)]
        return cls([draft.number for draft in drafts], [str(draft.id) for draft in drafts], said, reached)

    def given(self, name: str, value: Any) -> Self:
        """With a value that all have, unless it is nothing."""
        return replace(self, said={**self.said, name: [value] * len(self)}) if value else self

    def column(self, name: str, plan: Plan) -> list[Any]:
        """What is said of each by a field, or what all have there."""
        column = self.said.get(name)
        return column if column is not None else [_ALL_HAVE.get(name, lambda _: None)(plan)] * len(self)

    def __len__(self) -> int:
        return len(self.ids)

    def keys(self) -> Iterator[str]:
        """All keys of all contact points."""
        return chain.from_iterable(filter(None, column.keys) for column in self.reached)

    def owners(self) -> dict[str, str]:
        """Whose each key is, by their ids."""
        return {key: id_ for one in self.reached for key, id_ in zip(one.keys, self.ids, strict=True) if key}

    def keys_of(self, points: Collection[tuple[str, str]]) -> Iterator[str]:
        """The keys of those contact points which, by kind and value, are among `points`."""
        for one in self.reached if points else ():
            yield from (key for key, value in zip(one.keys, one.values, strict=True) if (one.kind, value) in points)

    def contact_points(self) -> Iterator[tuple[str, str]]:
        """Kind and value of all contact points."""
        return ((one.kind, value) for one in self.reached for value in one.values if value)

    def only(self, wanted: Sequence[bool]) -> Block:
        """Those people of whom `wanted` says so."""
        if all(wanted):
            return self

        def kept(column: list[W]) -> list[W]:
            return list(compress(column, wanted))

        return Block(
            kept(self.numbers),
            kept(self.ids),
            {name: kept(column) for name, column in self.said.items()},
            [Reached(one.kind, *map(kept, one[1:])) for one in self.reached],  # type: ignore[arg-type]
        )


def points_at(reached: Sequence[Reached], place: int) -> list[Point]:
    """The contact points of one person, by the place in the columns."""
    return [
        Point(one.kind, one.values[place], one.typed[place], one.labels[place], one.shared[place])
        for one in reached
        if one.values[place]
    ]


def each(values: Sequence[V], make: Callable[[V], W]) -> list[W]:
    """What `make` makes of each value; of one that comes again it is made once."""
    made = {value: make(value) for value in set(values)}
    return [made[value] for value in values]


def _columns(kind: Kind, drafts: Sequence[Draft]) -> Iterator[Reached]:
    """The first points of this kind, the second ones, and so on; each key counts once."""
    points = [
        list({point.key(draft.name): point for point in draft.points if point.kind == kind}.items()) for draft in drafts
    ]
    for place in range(max(map(len, points), default=0)):
        rows = [(key, *point) for key, point in (own[place] if place < len(own) else _NO_POINT for own in points)]
        keys, _, values, typed, labels, shared = map(list, zip(*rows, strict=True))
        yield Reached(kind, values, typed, labels, shared, keys)


_NO_POINT = "", Point("email", "", "", "")
