"""What the events of an import tell of new people: JSON that is put together by columns."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import orjson
from sqlalchemy.orm import Session

from chassis import custom
from chassis.ids import uuid7
from contacts.bundles import Told
from contacts.imports.block import Block, each
from contacts.imports.plan import Plan
from contacts.people.events import contact_data, contact_personal
from contacts.people.model import Person
from contacts.points.rules import KINDS

_OPEN = ("country", "postcode", "source", "tags", "roles")  # what the events say openly of what a row says
_JSON = orjson.Fragment
_PERSON, _COMPANY = uuid7(), uuid7()  # they hold the places of ids
_NAMED: Any = SimpleNamespace(name=_JSON("%s"), company_name=_JSON("%s"))
_REACHED: Any = [[_JSON("%s")] for _ in KINDS]
_PERSONAL = orjson.dumps(contact_personal(_NAMED, *_REACHED)).decode()


def told_of(session: Session, plan: Plan, block: Block) -> list[Told]:
    """What is told of each of them; `said` names their companies, by name and id."""
    open_, hidden = _custom(session, block)
    alike = list(zip(*(block.column(name, plan) for name in _OPEN), open_, strict=True))
    around = {values: _around(plan, values) for values in set(alike)}
    companies = each(block.column("company_id", plan), lambda id_: f'"{id_}"' if id_ else "null")
    data = [
        f"{before}{id_}{between}{company}{after}"
        for (before, between, after), id_, company in zip(
            map(around.__getitem__, alike), block.ids, companies, strict=True
        )
    ]
    return list(map(Told, block.ids, map(_JSON, data), map(_JSON, _personal(plan, block, hidden))))


def _around(plan: Plan, values: tuple[Any, ...]) -> tuple[str, str, str]:
    """What is told openly of somebody new, before, between and after their id and that of their company: the same for a
    great many."""
    *said, open_ = values
    owned = {name: getattr(plan.owned, name) for name in ("owner_id", "team_id", "partner_id")}
    states = {"lifecycle": "contact", "grade": None, "campaign_id": None, "reference": False, "restricted": False}
    person: Any = SimpleNamespace(
        id=_PERSON, company_id=_COMPANY, **dict(zip(_OPEN, said, strict=True)), **owned, **states
    )
    text = orjson.dumps(contact_data(person) | {"custom": _JSON(open_), "sequence": 1}).decode()
    before, _, behind = text.partition(str(_PERSON))
    between, _, after = behind.partition(f'"{_COMPANY}"')
    return before, between, after


def _personal(plan: Plan, block: Block, hidden: Sequence[dict[str, Any]] | None) -> list[str]:
    """What is told of each of them that names them."""
    reached = [_lists([one.values for one in block.reached if one.kind == kind], len(block)) for kind in KINDS]
    names, companies = _texts(block.said["name"]), each(block.column("company_name", plan), _text)
    texts = list(map(_PERSONAL.__mod__, zip(names, *reached, companies, strict=True)))
    for place, values in enumerate(hidden or ()):
        if values:
            texts[place] = f'{texts[place][:-1]},"custom":{_text(values)}}}'
    return texts


def _lists(columns: Sequence[list[str]], rows: int) -> list[str]:
    """What each row has in these columns, as JSON has it between brackets."""
    if not columns:
        return [""] * rows
    first, *others = (
        [text if value else "" for text, value in zip(_texts(column), column, strict=True)] for column in columns
    )
    for column in others:
        first = [",".join(filter(None, both)) for both in zip(first, column, strict=True)]
    return first


def _custom(session: Session, block: Block) -> tuple[list[str], list[dict[str, Any]] | None]:
    """The custom fields that may be told openly, as JSON, and those that name somebody."""
    if not any(block.said.get("custom", ())):
        return ["{}"] * len(block), None
    fields = custom.known(session, Person)
    parted = [custom.told_of(fields, values or {}) for values in block.said["custom"]]
    return [_text(open_) for open_, _ in parted], [personal for _, personal in parted]


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()


def _texts(column: Sequence[str]) -> list[str]:
    """The texts of a column as JSON, made at once: between two of them stands `","`, which stands in none, for there is
    a backslash before each quotation mark within a text."""
    return [f'"{text}"' for text in orjson.dumps(column)[2:-2].decode().split('","')] if column else []
