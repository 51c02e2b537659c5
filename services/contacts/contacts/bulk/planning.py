"""The changes of an edit, held against what there is at the moment: what each record is given by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import custom
from chassis.access import load
from chassis.errors import FieldError, Invalid, NotFound
from contacts.addresses.places import normal_place, place_of
from contacts.addresses.rules import PLACE
from contacts.bulk.kinds import Kind
from contacts.bulk.rules import CUSTOM, Changes, custom_keys
from contacts.bulk.schema import VALUES
from contacts.companies import actions as companies
from contacts.companies.hierarchy import check_parent
from contacts.companies.model import Company
from contacts.people.rules import check_name
from contacts.requirements import actions as requirements
from contacts.requirements.rules import missing
from contacts.staff.actions import ownership


class Plan:
    """What becomes of records of `kind` by `changes`. Invalid for what no record can be given: a custom field that
    there is not, or that is one record's alone, a company or an owner out of reach."""

    def __init__(self, session: Session, kind: Kind, changes: Changes) -> None:
        changes.check()
        self._session, self._kind = session, kind
        self._companies: dict[UUID, Company] = {}
        given = {"set": self._given("set", changes.set), "fill": self._given("fill", changes.fill)}
        cleared = dict.fromkeys(custom_keys(changes.clear))
        _read_custom(session, kind, "clear", cleared)
        self._changes = replace(changes, **given)  # type: ignore[arg-type]
        self._required = requirements.required(session, kind.entity, "api")

    def of(self, record: Any, state: Mapping[str, Any]) -> dict[str, Any]:
        """What changes of a record in that `state`, in normal form; nothing where all is so already. Invalid for what
        this record cannot be given: a place that does not belong together, a text that a replacement makes too long or
        empties, the end of a field that must be there."""
        changed = self._changes.of(state)
        replaced = {one.field: changed[one.field] for one in self._changes.replace if one.field in changed}
        if replaced:
            VALUES[self._kind.entity]().load_or_refuse(replaced)
        if "name" in changed:
            changed["name"] = check_name(changed["name"])
        if not changed.keys().isdisjoint(PLACE):
            changed = normal_place(place_of(record), changed)
        if "company_id" in changed:
            company = self._companies.get(changed["company_id"])
            changed["company_name"] = company.name if company else None
        emptied = missing(SimpleNamespace(**changed), [name for name in self._required if name in changed])
        if emptied:
            raise Invalid.many(emptied)
        return {name: value for name, value in changed.items() if state.get(name) != value}

    def _given(self, part: str, values: Mapping[str, Any]) -> dict[str, Any]:
        given = dict(values)
        if given.get("owner_id"):
            ownership(self._session, {"owner_id": given["owner_id"]})
        if given.get("company_id"):
            company = self._company(f"{part}.company_id", given["company_id"])
            given["company_id"] = company.id
            self._companies[company.id] = company
        if given.get("parent_id"):
            self._company(f"{part}.parent_id", given["parent_id"])
            check_parent(self._session, None, given["parent_id"])
        ours = {name.removeprefix(CUSTOM): value for name, value in given.items() if name.startswith(CUSTOM)}
        read = _read_custom(self._session, self._kind, part, ours)
        return given | {CUSTOM + key: value for key, value in read.items()}

    def _company(self, field: str, company_id: UUID) -> Company:
        try:
            return load(self._session, Company, companies.moved(self._session, company_id))
        except NotFound:
            raise Invalid(field, "unknown_reference", "There is no such company.") from None


def _read_custom(session: Session, kind: Kind, part: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Custom values in normal form; Invalid names the part of the body that they stand in."""
    if not values:
        return {}
    fields = custom.known(session, kind.model, fresh=True)
    alone = [key for key, value in values.items() if value is not None and key in fields and fields[key].is_unique]
    if alone:
        raise Invalid(
            f"{part}.{CUSTOM}{alone[0]}", "unique", "This field is unique: no two records can have one value."
        )
    try:
        return custom.read_changes(session, kind.model, values)
    except Invalid as refusal:
        errors = [FieldError(f"{part}.{one.field}", one.code, one.message) for one in refusal.errors]
        raise Invalid.many(errors) from None
