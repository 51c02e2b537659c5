"""Who may be the same as this person? Few by index, then scored one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis.db.search import matches
from contacts.candidates.rules import WORTH_A_LOOK, Likeness, judge
from contacts.companies.rules import company_key
from contacts.people.model import Person
from contacts.points.model import ContactPoint
from contacts.points.rules import name_key

_PER_PROBE = 100
_WORD = re.compile(r"\w{2,}")
_PLACE = ("country", "city", "postcode")


def alike(session: Session, person: Person) -> dict[UUID, tuple[int, list[dict[str, Any]]]]:
    """Whoever is like `person`, with score and reasons."""
    ids: set[UUID] = set()
    for probe in _probes(person):
        ids.update(session.scalars(probe.limit(_PER_PROBE)))
    ids.discard(person.id)
    others = session.scalars(select(Person).where(Person.id.in_(ids))).all() if ids else ()
    judged = {other.id: judge(compare(person, other)) for other in others}
    return {id_: found for id_, found in judged.items() if found[0] >= WORTH_A_LOOK}


def compare(one: Person, other: Person) -> Likeness:
    """Measure two records against each other."""
    companies = [company_key(p.company_name) if p.company_name else "" for p in (one, other)]
    same_company = one.company_id is not None and one.company_id == other.company_id
    place = [tuple(getattr(p, part) for part in _PLACE) for p in (one, other)]
    return Likeness(
        name=_names(one.name, other.name),
        company=100.0 if same_company else fuzz.ratio(*companies) if all(companies) else None,
        shared_values={point.value for point in one.points} & {point.value for point in other.points},
        same_place=place[0] == place[1] and any(place[0][1:]),
    )


def _names(one: str, other: str) -> float:
    """The same words in another order are the same name; so is `张 伟` and `张伟`."""
    sorted_words = fuzz.token_sort_ratio(one.casefold(), other.casefold())
    return max(fuzz.ratio(name_key(one), name_key(other)), sorted_words)


def _probes(person: Person) -> Sequence[Select[UUID]]:
    """The same contact point, whoever's; the same company; the same words in the name; one word of the name with one
    of the company."""
    values = [point.value for point in person.points]
    found = [select(ContactPoint.person_id).where(ContactPoint.value.in_(values))] if values else []
    words = _words(person.name)
    if words:
        found.append(select(Person.id).where(matches(Person, " ".join(words))))
    if person.company_id and words:
        found.append(select(Person.id).where(Person.company_id == person.company_id, Person.id != person.id))
    company = max(_WORD.findall(person.company_name or ""), key=len, default="")
    if company:
        found += [select(Person.id).where(matches(Person, f"{word} {company}")) for word in words[:4]]
    return found


def _words(name: str) -> list[str]:
    return sorted(set(_WORD.findall(name)), key=len, reverse=True)
