"""What the columns of a list of people can mean at the moment, and what people are found by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from chassis import custom
from chassis.custom.definitions import Definitions, within_reach
from contacts.imports.headers import PEOPLE
from contacts.imports.rules import AT_COMPANY, NAMED
from contacts.imports.targets import Target, Targets
from contacts.people.model import Person

PREFIX = "custom."


def people_targets(session: Session) -> Targets:
    """The built-in fields, and the custom ones within the actor's reach by their keys and labels."""
    defined = [
        Target(PREFIX + key, (key, PREFIX + key, *field.label.values())) for key, field in _custom(session).items()
    ]
    return Targets(PEOPLE, defined, schemes=True)


def match_choices(session: Session, asked: Sequence[str]) -> list[str]:
    """What people can be found by: contact points (of handles and memberships those that are `asked`), their name at
    their company, custom fields that are unique."""
    unique = [PREFIX + key for key, field in _custom(session).items() if field.is_unique]
    named = [key for key in asked if key.startswith(NAMED) and people_targets(session).has(key)]
    return ["email", "phone", AT_COMPANY, *unique, *named]


def _custom(session: Session, model: type[Any] = Person) -> Definitions:
    return within_reach(custom.known(session, model, fresh=True))
