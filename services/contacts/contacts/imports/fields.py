"""What the columns of a list of people or companies can mean at the moment, and what these are found by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from chassis import custom
from chassis.custom.definitions import Definitions, within_reach
from contacts.companies.model import Company
from contacts.imports.headers import COMPANIES, PEOPLE
from contacts.imports.rules import AT_COMPANY, NAMED, Listed
from contacts.imports.targets import Target, Targets
from contacts.people.model import Person

PREFIX = "custom."
_BUILT_IN = {"people": PEOPLE, "companies": COMPANIES}
MODELS: dict[Listed, type[Any]] = {"people": Person, "companies": Company}


def targets_of(session: Session, entity: Listed) -> Targets:
    """The built-in fields, and the custom ones within the actor's reach by their keys and labels."""
    defined = [
        Target(PREFIX + key, (key, PREFIX + key, *field.label.values()))
        for key, field in _custom(session, entity).items()
    ]
    return Targets(_BUILT_IN[entity], defined, schemes=entity == "people")


def match_choices(session: Session, entity: Listed, asked: Sequence[str]) -> list[str]:
    """What records can be found by. People: contact points (of handles and memberships those that are `asked`), their
    name at their company. Companies: domain and name. Both: custom fields that are unique."""
    unique = [PREFIX + key for key, field in _custom(session, entity).items() if field.is_unique]
    if entity == "companies":
        return ["domain", "name", *unique]
    targets = targets_of(session, entity)
    return [
        "email",
        "phone",
        AT_COMPANY,
        *unique,
        *(key for key in asked if key.startswith(NAMED) and targets.has(key)),
    ]


def _custom(session: Session, entity: Listed) -> Definitions:
    return within_reach(custom.known(session, MODELS[entity], fresh=True))
