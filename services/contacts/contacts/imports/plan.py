"""What an import was asked to do, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from chassis.access import Actor
from chassis.errors import FieldError
from contacts.imports.reading import Format
from contacts.imports.rules import Listed, Mode
from contacts.staff.rules import Ownership

if TYPE_CHECKING:  # what answers requests has no need of it
    import polars as pl

PREVIEW = 10  # how many of the people who would be made a dry run shows


@dataclass(frozen=True, slots=True)
class Plan:
    """One import: the file's format, which column is which field, by what records are found (nothing: e-mail, then
    phone), and in whose name it is done."""

    job_id: UUID
    entity: Listed
    mode: Mode
    dry_run: bool
    form: Format
    mapping: dict[str, str]
    match: list[str]
    source: str
    tags: list[str]
    owned: Ownership
    who: Actor

    @classmethod
    def read(cls, job_id: UUID, params: Mapping[str, Any]) -> Self:
        """From the parameters of its job."""
        who = params["who"]
        return cls(
            job_id=job_id,
            entity=params.get("entity", "people"),
            mode=params["mode"],
            dry_run=params["dry_run"],
            form=Format(**params["form"]),
            mapping=params["mapping"],
            match=params.get("match", []),
            source=params["source"],
            tags=params["tags"],
            owned=Ownership(**{name: _id(value) for name, value in params["owned"].items()}),
            who=Actor(
                id=_id(who["id"]),
                kind=who["kind"],
                reach=who["reach"],
                team_id=_id(who["team_id"]),
                partner_id=_id(who["partner_id"]),
            ),
        )


def params(who: Actor, owned: Ownership, form: Format, **said: Any) -> dict[str, Any]:
    """The parameters of the job, from which `Plan.read` makes the plan."""
    names = ("owner_id", "team_id", "partner_id")
    return said | {
        "form": asdict(form),
        "owned": {name: _text(getattr(owned, name)) for name in names},
        "who": {name: _text(getattr(who, name)) for name in ("id", "team_id", "partner_id")}
        | {"kind": who.kind, "reach": who.reach},
    }


@dataclass(slots=True)
class Counts:
    """Rows by what became of them. `duplicates` name somebody whom an earlier row of the file has named; `unchanged`
    were here already, just so or, in mode `create`, left as they are."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    failed: int = 0

    def add(self, other: Counts) -> Counts:
        """The sum of both."""
        return Counts(**{name: value + getattr(other, name) for name, value in asdict(self).items()})

    def as_dict(self) -> dict[str, int]:
        """As it is kept between the steps of the job."""
        return asdict(self)


@dataclass(slots=True)
class Refused:
    """A row that was not taken, with all that is known to be wrong with it."""

    number: int
    cells: Any
    errors: list[FieldError]

    def told(self) -> dict[str, str]:
        """`field`, `code` and `message` as one line has them, those of several faults in the same order."""
        parts = ("field", "code", "message")
        return {part: "; ".join(getattr(error, part) for error in self.errors) for part in parts}


@dataclass(slots=True)
class Outcome:
    """What became of the rows of one step. `preview` shows the first people as they would be (dry run); `people`
    (see `announcing.told_of`) and `companies` (see `company_making.told_of`) were made and are to be told of; `told` is
    how many events the import has sent."""

    counts: Counts = field(default_factory=Counts)
    refused: list[Refused] = field(default_factory=list)
    preview: list[dict[str, Any]] = field(default_factory=list)
    people: list[pl.DataFrame] = field(default_factory=list)
    companies: list[pl.Series] = field(default_factory=list)
    told: int = 0


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
