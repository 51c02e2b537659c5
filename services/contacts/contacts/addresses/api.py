"""The routes of addresses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import load
from chassis.http import Api
from chassis.http.endpoint import check_version
from contacts.addresses import actions
from contacts.addresses.model import Address
from contacts.addresses.schema import AddressIn, AddressOut, AddressPatch
from contacts.companies.model import Company
from contacts.people.model import Person

api = Api("addresses", scope="contacts")


@api.get("/people/<uuid:person_id>/addresses", returns=AddressOut, many=True, errors=(404,))
def person_addresses(session: Session, person_id: UUID) -> list[Any]:
    """List the addresses of a person, the primary one first."""
    return actions.all_of(session, load(session, Person, person_id))


@api.get("/companies/<uuid:company_id>/addresses", returns=AddressOut, many=True, errors=(404,))
def company_addresses(session: Session, company_id: UUID) -> list[Any]:
    """List the addresses of a company, the primary one first."""
    return actions.all_of(session, load(session, Company, company_id))


@api.post("/people/<uuid:person_id>/addresses", body=AddressIn, returns=AddressOut, status=201, errors=(403, 404))
def add_person_address(session: Session, person_id: UUID, body: dict[str, Any]) -> Address:
    """Add a further address to a person."""
    return actions.add(session, load(session, Person, person_id, lock=True), body)


@api.post("/companies/<uuid:company_id>/addresses", body=AddressIn, returns=AddressOut, status=201, errors=(403, 404))
def add_company_address(session: Session, company_id: UUID, body: dict[str, Any]) -> Address:
    """Add a further address to a company."""
    return actions.add(session, load(session, Company, company_id, lock=True), body)


@api.patch("/addresses/<uuid:address_id>", body=AddressPatch, returns=AddressOut, errors=(403, 404))
def change_address(session: Session, address_id: UUID, body: dict[str, Any]) -> Address:
    """Change a further address."""
    return actions.change(_guarded(session, address_id), body)


@api.delete("/addresses/<uuid:address_id>", errors=(403, 404))
def delete_address(session: Session, address_id: UUID) -> None:
    """Delete a further address."""
    session.delete(_guarded(session, address_id))


@api.post("/addresses/<uuid:address_id>/primary", returns=AddressOut, many=True, errors=(403, 404))
def make_primary(session: Session, address_id: UUID) -> list[Any]:
    """Make a further address the primary one of its record; the answer is all of them.

    The address that was primary becomes a further one, under a new id; the id of the one that is primary goes.
    """
    holder = actions.make_primary(session, address_id)
    session.flush()
    return actions.all_of(session, holder)


def _guarded(session: Session, address_id: UUID) -> Address:
    _, address = actions.reach(session, address_id)
    check_version(address)
    return address
