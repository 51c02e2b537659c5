"""What is known of many leads or deals, to decide by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales.customers.model import Company, Person
from sales.deals.model import Deal
from sales.leads.model import Lead
from sales.matching.rules import NUMBERS, WORDS
from sales.scoring.leads import LEADS
from sales.scoring.learning import chances

_OF_RECORD = ("postcode", *WORDS, *NUMBERS, "custom")
_OF_COMPANY = ("country", "region", "postcode", "industry", "employees")
_OF_PERSON = ("country", "postcode")
_OF_LEAD = ("country", "region", "postcode", "product", "language")


def facts_of(session: Session, records: Sequence[Lead | Deal]) -> list[dict[str, Any]]:
    """What conditions may ask of each of `records`, in order: its own columns, of a deal what its lead said of
    place, product and language, then what is known of its company, then of its person. Three queries at most,
    however many."""
    leads = _rows(session, Lead, _OF_LEAD, (getattr(record, "lead_id", None) for record in records))
    companies = _rows(session, Company, _OF_COMPANY, (record.company_id for record in records))
    nowhere = (record for record in records if not getattr(record, "country", None))
    people = _rows(session, Person, _OF_PERSON, (record.person_id for record in nowhere))
    return [
        _merged(
            record,
            leads.get(getattr(record, "lead_id", None), {}),
            companies.get(record.company_id, {}),
            people.get(record.person_id, {}),
        )
        for record in records
    ]


def with_more(
    session: Session, facts: Sequence[Mapping[str, Any]], records: Sequence[Any], asked: Callable[[str], bool]
) -> Sequence[Mapping[str, Any]]:
    """The facts with what takes a query of its own, where it is `asked`: the `grade` of the person of each record, and
    the `chance` of a lead to become a deal, in whole per cent; not known without enough history. That is reckoned now:
    a new lead has no score yet."""
    if asked("grade"):
        people = _rows(session, Person, ("grade",), (record.person_id for record in records))
        facts = [{**one, **people.get(record.person_id, {})} for one, record in zip(facts, records, strict=True)]
    if asked("chance"):
        found = chances(session, LEADS, [record.id for record in records])
        facts = [
            {**one, "chance": int(found[record.id] * 100) if record.id in found else None}
            for one, record in zip(facts, records, strict=True)
        ]
    return facts


def _merged(
    record: Lead | Deal, lead: dict[str, Any], company: dict[str, Any], person: dict[str, Any]
) -> dict[str, Any]:
    known = {name: getattr(record, name, None) for name in _OF_RECORD}
    # A country and a postcode belong together: both are taken from the first that knows the country.
    for source in (lead, company, person):
        if known.get("country") is None and source.get("country"):
            known |= {name: source.get(name) for name in ("country", "region", "postcode")}
    for name in ("region", "industry", "employees"):
        known[name] = known.get(name) or company.get(name)
    for name in ("product", "language"):
        known[name] = known.get(name) or lead.get(name)
    return known


def _rows(
    session: Session, model: type[Any], names: Sequence[str], ids: Iterable[UUID | None]
) -> dict[UUID | None, dict[str, Any]]:
    wanted = {id_ for id_ in ids if id_}
    if not wanted:
        return {}
    columns = (getattr(model, name) for name in names)
    rows = session.execute(select(model.id, *columns).where(model.id.in_(wanted)))
    return {row.id: {name: getattr(row, name) for name in names} for row in rows}
