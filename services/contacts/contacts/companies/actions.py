"""Use cases about companies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import custom
from chassis.access import actor, visible
from chassis.company_names import company_key
from chassis.db.aliases import forget_moved, resolve, standing_for
from chassis.errors import Conflict, FieldError
from chassis.events import emit
from contacts.addresses.places import normal_place, place_of
from contacts.companies.events import company_data
from contacts.companies.hierarchy import check_parent
from contacts.companies.model import Company
from contacts.companies.rules import normal_domain, normal_name
from contacts.merging.model import Merge, Tombstone
from contacts.owners.actions import hand_on
from contacts.people.companions import call_company
from contacts.points.rules import Point
from contacts.requirements import actions as requirements
from contacts.staff.actions import ownership
from contacts.staff.rules import OWNERSHIP

_ATTEMPTS = 5


def create(session: Session, data: dict[str, Any]) -> Company:
    """A new company. Conflict naming the one that has this name (or domain) already, unless it is marked a namesake."""
    company, made = find_or_make(session, {"source": "api", "entered_by": actor().id, **data})
    if not made:
        raise taken(session, company)
    requirements.check_new(session, company)
    return company


def find_or_make(session: Session, data: dict[str, Any]) -> tuple[Company, bool]:
    """The company of that domain or name, or else a new one; and whether it was made.

    Two transactions that make the same company at once end with one: the later waits for the index, then finds it.
    """
    data = normal(dict(data))
    data.setdefault("custom", custom.defaults(session, Company))
    if data.get("parent_id"):
        check_parent(session, None, data["parent_id"])
    owned = ownership(session, data)
    for _ in range(_ATTEMPTS):
        known = _find(session, data)
        if known is not None:
            return known, False
        company = Company(**data, owner_id=owned.owner_id, team_id=owned.team_id, partner_id=owned.partner_id)
        try:
            with session.begin_nested():
                session.add(company)
                session.flush()
        except IntegrityError as error:
            if "uq_companies" not in str(error.orig):
                raise
            continue
        tell(session, "company.created", company)
        return company, True
    raise Conflict("try_again", "Others are changing the same company; try again.")


def named(session: Session, name: str, source: str) -> Company | None:
    """The company a person says they are with, held, made if it is not known; None for a name without letters."""
    key = company_key(name)
    if not key:
        return None
    for _ in range(_ATTEMPTS):
        found, _made = find_or_make(session, {"name": name, "source": source})
        held = hold(session, [found.id]).get(found.id)
        if held is not None and held.name_key == key:  # else it was merged or renamed in this very moment
            return held
    raise Conflict("try_again", "Others are changing the same company; try again.")


def hold(session: Session, ids: Iterable[UUID]) -> dict[UUID, Company]:
    """Those of the companies that are there, which are there and called as they are until the transaction ends: who
    renames, merges or deletes one waits. To be called before any of their people is locked."""
    wanted = select(Company).where(Company.id.in_(list(ids))).order_by(Company.id)
    held = session.scalars(wanted.with_for_update(read=True, of=Company), execution_options={"populate_existing": True})
    return {company.id: company for company in held}


def change(session: Session, company: Company, changes: dict[str, Any]) -> Company:
    """Change a company (locked); its people bear its new name. Conflict where its new name or domain is another
    company's."""
    changes, before = dict(changes), company.name
    if any(part in changes for part in OWNERSHIP):
        hand_on(session, company, changes)
    changes = normal({"namesake": company.namesake, **changes}, company)
    known = _find(session, changes, but=company.id)
    if known is not None:
        raise taken(session, known)
    if changes.get("parent_id") and changes["parent_id"] != company.parent_id:
        check_parent(session, company.id, changes["parent_id"])
    for name, value in changes.items():
        setattr(company, name, value)
    with session.no_autoflush:
        requirements.check_changed(session, company, changes)
    updated(session, company)
    if company.name != before:
        call_company(session, company)
    return company


def updated(session: Session, company: Company) -> Company:
    """Tell of what changed, if anything did."""
    if session.is_modified(company):
        session.flush()
        tell(session, "company.updated", company)
    return company


def remove(session: Session, company: Company) -> None:
    """Delete a company. Its people stay, with the company's name but no link to it; its daughters stand alone."""
    daughters = (
        select(Company).where(Company.parent_id == company.id).order_by(Company.id).with_for_update(key_share=True)
    )
    for daughter in session.scalars(daughters).all():
        daughter.parent_id = None
        updated(session, daughter)
    merged = standing_for(session, Tombstone, company.id)
    session.execute(delete(Merge).where(Merge.survivor_id.in_([company.id, *merged])))
    forget_moved(session, Tombstone, list(merged))
    for old_id, sequence in merged.items():
        data = {"company_id": str(old_id)}
        emit(session, "company.deleted", None, data, subject=f"companies/{old_id}", sequence=sequence + 1)
    emit(session, "company.deleted", company, {"company_id": str(company.id)}, sequence=company.version + 1)
    session.delete(company)


def tell(session: Session, type_: str, company: Company) -> None:
    """Emit `company.created` or `company.updated` with the company's state."""
    told, personal = custom.told(session, company)
    data = company_data(company) | {"custom": told}
    emit(session, type_, company, data, personal={"custom": personal} if personal else None)


def moved(session: Session, company_id: UUID) -> UUID:
    """What this id stands for since it was merged; else itself."""
    return resolve(session, Tombstone, company_id)


def normal(data: dict[str, Any], company: Any = None) -> dict[str, Any]:
    """`data` (of a `company` that is here) with the keys that it is found by, its points and place in normal form.
    Invalid for a name without letters, and for a domain, postcode or region that cannot be."""
    data = normal_place(place_of(company) if company else {}, data)
    for one, many in (("phone", "phones"), ("email", "emails")):
        _take_points(data, one, many, getattr(company, many) if company else ())
    if "name" in data:
        data["name"], data["name_key"] = normal_name(data["name"])
    if data.get("domain"):
        data["domain"] = normal_domain(data["domain"])
    return data


def taken(session: Session, known: Company) -> Conflict:
    """409 that names the existing company, if the caller may see it."""
    seen = session.scalar(visible(select(Company.id).where(Company.id == known.id), Company))
    detail = f"The company {known.name!r} exists already." if seen else "This company exists, outside your reach."
    refusal = Conflict("company_exists", detail, **({"existing_id": str(seen)} if seen else {}))
    refusal.errors = [FieldError("name", "taken", detail)]
    return refusal


def _take_points(data: dict[str, Any], one: str, many: str, before: Sequence[dict[str, Any]]) -> None:
    """`phone` and `phones` of `data` as they belong together: the first of the list is the primary one."""
    if one not in data and many not in data:
        return
    points = [_shown(point) for point in data[many] or ()] if many in data else list(before)
    if one in data:
        first = [_shown(data[one])] if data[one] else []
        points = first + (points if many in data or first else points[1:])
    points = list({point["value"]: point for point in points}.values())
    data[many], data[one] = points, points[0]["value"] if points else None


def _shown(point: Point) -> dict[str, Any]:
    return {"value": point.value, "typed": point.typed, "label": point.label}


def _find(session: Session, data: dict[str, Any], but: UUID | None = None) -> Company | None:
    """The company with this domain, else with this name, other than `but`."""
    wanted = []
    if data.get("domain"):
        wanted.append(Company.domain == data["domain"])
    if data.get("name_key") and not data.get("namesake"):
        wanted.append((Company.name_key == data["name_key"]) & ~Company.namesake)
    for condition in wanted:
        statement = select(Company).where(condition)
        found = session.scalar(statement.where(Company.id != but) if but else statement)
        if found is not None:
            return found
    return None
