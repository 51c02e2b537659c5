"""The companies of an import that is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, and_, delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.custom import still_valid
from chassis.jobs import Job, JobRun
from contacts import bundles
from contacts.addresses.model import Address
from contacts.base import Base
from contacts.bulk.model import BulkEditCompanyRow
from contacts.companies.model import Company
from contacts.imports import addresses
from contacts.imports.model import ImportedCompany
from contacts.people.companions import call_company

PER_STEP = 500
WHY = {
    "changed_since": "The record was changed since.",
    "used_since": "Something refers to the record since.",
    "taken_since": "Another company has its name, domain or a unique value since.",
}


def restore(session: Session, run: JobRun, import_id: UUID) -> bool:
    """Put the next companies back that a list of companies changed; whether there are more."""
    after = UUID(run.state.get("after_company", str(UUID(int=0))))
    mine = and_(ImportedCompany.job_id == import_id, ~ImportedCompany.created, ImportedCompany.before != {})
    wanted = select(ImportedCompany).where(mine, ImportedCompany.company_id > after)
    touched = session.scalars(wanted.order_by(ImportedCompany.company_id).limit(PER_STEP)).all()
    locked = select(Company).where(Company.id.in_([one.company_id for one in touched])).order_by(Company.id)
    companies = {company.id: company for company in session.scalars(locked.with_for_update(of=Company))}
    restored: list[Company] = []
    for one in touched:
        company = companies.get(one.company_id)
        code = "changed_since" if company is None or company.version != one.version else _restore(session, company, one)
        _count(run, one.company_id, code, "restored")
        if code is None:
            session.delete(one)
            restored.append(companies[one.company_id])
        run.state["after_company"] = str(one.company_id)
    run.state["events"] = bundles.tell_companies(
        session, "companies.changed", run.id, restored, run.state.get("events", 0)
    )
    return len(touched) == PER_STEP


def remove(session: Session, run: JobRun, import_id: UUID) -> None:
    """Delete the companies that the import made and nobody uses or changed. Of a list of companies, say which stay."""
    made = and_(ImportedCompany.job_id == import_id, ImportedCompany.created)
    unused = [~exists().where(column == Company.id, *_since(column, import_id)) for column in _columns_of_companies()]
    joined = select(Company).join(ImportedCompany, ImportedCompany.company_id == Company.id)
    wanted = joined.where(made, Company.version == ImportedCompany.version, *unused).order_by(Company.id)
    companies = session.scalars(wanted.with_for_update(of=Company)).all()
    gone = [company.id for company in companies]
    run.state["events"] = bundles.tell_deleted(session, "companies", run.id, gone, run.state.get("events", 0))
    session.execute(delete(Company).where(Company.id.in_(gone)))
    run.state["companies"] = len(companies)
    if session.get_one(Job, import_id).params.get("entity") == "companies":
        left = select(ImportedCompany.company_id, Company.version != ImportedCompany.version).join(Company).where(made)
        for company_id, changed in session.execute(left.order_by(Company.id)).all():
            _count(run, company_id, "changed_since" if changed else "used_since", "")


def _since(column: Column[Any], import_id: UUID) -> Sequence[ColumnElement[bool]]:
    return [addresses.came_otherwise(import_id)] if column.table is Address.__table__ else []


def _restore(session: Session, company: Company, one: ImportedCompany) -> str | None:
    """The columns as they were; the reason where that cannot be."""
    before, called = dict(one.before), company.name
    if "custom" in before:
        before["custom"] = still_valid(session, company.id, Company, before["custom"])
    try:
        with session.begin_nested():
            for name, value in before.items():
                setattr(company, name, value)
            session.flush()
    except IntegrityError:
        return "taken_since"
    if company.name != called:
        call_company(session, company)
    return None


def _count(run: JobRun, company_id: UUID, code: str | None, done: str) -> None:
    run.state["seen"] = run.state.get("seen", 0) + 1
    if code:
        record = {"company_id": str(company_id)}
        run.error(row=run.state["seen"], field="company_id", code=code, message=WHY[code], record=record)
    name = "left" if code else done
    run.state[name] = run.state.get(name, 0) + 1


def _columns_of_companies() -> Sequence[Column[Any]]:
    """Every column of the service that names a company, except what jobs have noted of it."""
    tables = set(Base.metadata.tables.values()) - {ImportedCompany.__table__, BulkEditCompanyRow.__table__}
    return [column for table in tables for column in table.c if _names_company(column)]


def _names_company(column: Column[Any]) -> bool:
    return column.name == "company_id" or any(key.column is Company.__table__.c.id for key in column.foreign_keys)
