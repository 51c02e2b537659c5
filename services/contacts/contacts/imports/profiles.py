"""Mappings of columns that are kept under a name, for files that come again and again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import actor
from chassis.errors import FieldError, Forbidden, Invalid
from contacts.imports.fields import targets_of
from contacts.imports.model import ImportProfile
from contacts.imports.rules import Listed


def create(session: Session, data: dict[str, Any]) -> ImportProfile:
    """Keep a mapping. Conflict where the name is taken."""
    _refuse_partners()
    targets_of(session, data["entity"]).check(data["mapping"])
    profile = ImportProfile(**data)
    session.add(profile)
    session.flush()
    return profile


def change(session: Session, profile: ImportProfile, changes: dict[str, Any]) -> ImportProfile:
    """Change a profile (locked). Imports that are under way keep the mapping that they began with."""
    _refuse_partners()
    targets_of(session, profile.entity).check(changes.get("mapping", {}))
    for name, value in changes.items():
        setattr(profile, name, value)
    return profile


def remove(session: Session, profile: ImportProfile) -> None:
    """Forget a profile."""
    _refuse_partners()
    session.delete(profile)


def fitting(session: Session, entity: Listed, name: str, headers: Sequence[str]) -> dict[str, str | None]:
    """What the profile of that name says of `headers`; of columns that this file does not have it says nothing. Invalid
    for a name that nobody has given a mapping for such a list."""
    same = (ImportProfile.name == name) & (ImportProfile.entity == entity)
    mapping = session.scalar(select(ImportProfile.mapping).where(same))
    if mapping is None:
        raise Invalid.many([FieldError("profile", "unknown_reference", "There is no profile of this name.")])
    return {header: field for header, field in mapping.items() if header in headers}


def _refuse_partners() -> None:
    if actor().reach == "partner":
        raise Forbidden("Partners do not keep profiles.", "partner_reach")
