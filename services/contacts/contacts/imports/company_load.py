"""The rows of one step of a list of companies, one after the other by the use cases of the API: such a list is short
beside one of people, and all of a company's rules and events hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.access import Access, acting_as, visible
from chassis.custom.unique import holders
from chassis.db.bulk import copy_rows
from chassis.errors import Conflict, FieldError, Invalid, Refusal
from contacts.addresses.model import Address
from contacts.companies import actions as companies
from contacts.companies.model import Company
from contacts.imports import addresses
from contacts.imports.company_rows import CompanyDraft
from contacts.imports.custom import CustomColumns, refused
from contacts.imports.fields import PREFIX
from contacts.imports.finding import all_keys, field_of, identify
from contacts.imports.model import ImportedCompany
from contacts.imports.plan import Outcome, Plan
from contacts.people.rules import merged_roles, merged_tags
from contacts.points.rules import Kind, Point

PREVIEW = 10
KEPT = ("name", "name_key", "domain", "industry", "employees", "phone", "phones", "email", "emails", "country",
        "region", "city", "postcode", "address", "address_kind", "note", "tags", "roles", "custom")  # fmt: skip
_REHEARSED = text("SELECT key FROM rehearsed_keys WHERE job_id = :job_id AND key = ANY(:keys)")


def load_companies(session: Session, plan: Plan, drafts: Sequence[CompanyDraft], outcome: Outcome) -> None:
    """Match and write the rows of one step, in the name of who imports. A dry run does all of it and takes it back."""
    custom = CustomColumns(session, plan.who, plan.form.headers, plan.mapping, Company)
    drafts = identify(plan, custom.fill(drafts, outcome), outcome)
    begun = session.begin_nested() if plan.dry_run else None
    with acting_as(plan.who):
        step = _Step(session, plan, custom, drafts, outcome)
        for draft in drafts:
            step.take(draft)
        step.keep()
    if begun is not None:
        begun.rollback()
        _note_found(session, plan, step.found)
        outcome.preview += [draft.shown() for draft in step.made[:PREVIEW]]
        keys = sorted({key for draft in step.made for key in all_keys(draft)} - step.rehearsed)
        copy_rows(session, "rehearsed_keys", ("job_id", "key"), [(str(plan.job_id), key) for key in keys])


class _Step:
    """What is known while the rows of a step are taken: which company has each key, locked."""

    def __init__(
        self, session: Session, plan: Plan, custom: CustomColumns, drafts: Sequence[CompanyDraft], outcome: Outcome
    ) -> None:
        self._session, self._plan, self._custom, self._counts = session, plan, custom, outcome.counts
        self._refused = outcome.refused
        self._there = _known(session, drafts)
        self.rehearsed = _rehearsed(session, plan, drafts)
        ids = {company.id for company in self._there.values()}
        self._unseen, self._kept = ids - _reached(session, ids, "read"), ids - _reached(session, ids, "write")
        self._touched = _touched(session, plan, ids)
        self.made: list[CompanyDraft] = []
        self.found: set[UUID] = set()
        self._notes: dict[UUID, dict[str, Any]] = {}

    def take(self, draft: CompanyDraft) -> None:
        """Make, change or refuse what one row says."""
        keys = draft.found_by or draft.keys
        company = next((self._there[key] for key in keys if key in self._there), None)
        try:
            if company is not None:
                self._found(draft, company)
            elif not self.rehearsed.isdisjoint(keys):
                self._counts.duplicates += 1
            else:
                self._make(draft)
        except Refusal as refusal:
            error = refusal.errors[0] if refusal.errors else FieldError(field_of(keys[0]), refusal.code, refusal.detail)
            self._refused.append(refused(draft, error))

    def _found(self, draft: CompanyDraft, company: Company) -> None:
        first = company.id not in self._touched
        if company.id in self._unseen:
            raise Conflict("out_of_reach", "This company exists, outside your reach.")
        if self._plan.mode == "create":
            self._count(first=first, changed=False)
            return
        if company.id in self._kept:
            raise Conflict("read_only_share", "This company is shared with you for reading.")
        self._check_claims(draft, company.id)
        self.found.add(company.id)
        before, version = {name: getattr(company, name) for name in KEPT}, company.version
        companies.change(self._session, company, _changes(company, draft, overwrite=first))
        self._session.flush()
        was = {name: value for name, value in before.items() if value != getattr(company, name)}
        gained = self._gain(company, draft)
        self._count(first=first, changed=company.version != version or gained)
        self._note(draft, company, was, created=False)

    def _make(self, draft: CompanyDraft) -> None:
        if self._plan.mode == "update":
            raise Conflict("not_found", f"No company has this {' or '.join(self._plan.match) or 'domain or name'}.")
        self._check_claims(draft, None)
        wrong = self._custom.lacking(draft) if "name" in draft.values else FieldError(
            "name", "required", "A new company needs a name."
        )  # fmt: skip
        if wrong:
            raise Invalid.many([wrong])
        self._custom.complete([draft])
        data = draft.values | {"source": draft.source, "entered_by": self._plan.who.id, "custom": draft.custom or {}}
        data["tags"] = draft.values.get("tags", [])
        company, made = companies.find_or_make(self._session, data | self._owner())
        if not made:  # it is another's by what this import does not go by, or was made this moment
            raise companies.taken(self._session, company)
        self._gain(company, draft)
        self._counts.created += 1
        self.made.append(draft)
        self._note(draft, company, {}, created=True)

    def _gain(self, company: Company, draft: CompanyDraft) -> bool:
        return bool(addresses.add(self._session, self._plan, Address.company_id, {company.id: draft.further}))

    def _count(self, *, first: bool, changed: bool) -> None:
        if not first:
            self._counts.duplicates += 1
        elif changed:
            self._counts.updated += 1
        else:
            self._counts.unchanged += 1

    def _owner(self) -> dict[str, Any]:
        owner = self._plan.owned.owner_id
        return {"owner_id": owner} if owner or self._plan.who.reach == "all" else {}

    def _check_claims(self, draft: CompanyDraft, own: UUID | None) -> None:
        for key in draft.claims:
            if (key in self._there and self._there[key].id != own) or (own is None and key in self.rehearsed):
                raise Invalid(field_of(key), "taken", "Another company has this value, which is unique.")

    def _note(self, draft: CompanyDraft, company: Company, was: dict[str, Any], *, created: bool) -> None:
        """Remember for later rows, and for the undo."""
        self._touched.add(company.id)
        for key in all_keys(draft):
            self._there.setdefault(key, company)
        noted = self._notes.setdefault(company.id, {"created": created, "before": {}})
        noted |= {"version": company.version, "before": was | noted["before"]}

    def keep(self) -> None:
        """Write down what was done to each company: how it was first, and in which version it is left."""
        job_id = self._plan.job_id
        rows = [{"job_id": job_id, "company_id": id_, **self._notes[id_]} for id_ in sorted(self._notes)]
        put = insert(ImportedCompany)
        kept = {"version": put.excluded.version, "before": put.excluded.before.op("||")(ImportedCompany.before)}
        if rows:
            self._session.execute(put.on_conflict_do_update(index_elements=["job_id", "company_id"], set_=kept), rows)


def _note_found(session: Session, plan: Plan, ids: set[UUID]) -> None:
    """Remember which companies a dry run has come to: later rows would only fill them in."""
    rows = [{"job_id": plan.job_id, "company_id": id_, "created": False} for id_ in sorted(ids)]
    if rows:
        session.execute(insert(ImportedCompany).on_conflict_do_nothing(), rows)


def _changes(company: Company, draft: CompanyDraft, *, overwrite: bool) -> dict[str, Any]:
    """What a row changes: the first about a company overwrites, later ones only fill in; lists only grow."""
    changes: dict[str, Any] = {}
    for name, value in draft.values.items():
        if name == "tags":
            changes["tags"] = merged_tags(company.tags, value)
        elif name == "roles":
            changes["roles"] = merged_roles(company.roles, value)
        elif name in ("emails", "phones"):
            kind: Kind = "email" if name == "emails" else "phone"
            there = [Point(kind, point["value"], point["typed"], point["label"]) for point in getattr(company, name)]
            changes[name] = there + [point for point in value if point.value not in {one.value for one in there}]
        elif overwrite or getattr(company, name) in (None, ""):
            changes[name] = value
    if draft.custom:
        changes["custom"] = {**company.custom, **draft.custom} if overwrite else {**draft.custom, **company.custom}
    return changes


def _known(session: Session, drafts: Iterable[CompanyDraft]) -> dict[str, Company]:
    keys = [key.partition(":") for draft in drafts for key in draft.keys]
    domains, names = ([text for kind, _, text in keys if kind == wanted] for wanted in ("domain", "name"))
    claims = [key.removeprefix(PREFIX).partition(":") for draft in drafts for key in draft.claims]
    held = holders(session, Company, [(key, value) for key, _, value in claims])
    named = and_(Company.name_key.in_(names), ~Company.namesake)
    wanted = or_(named, Company.domain.in_(domains), Company.id.in_(list(held.values())))
    locked = select(Company).where(wanted).order_by(Company.id).with_for_update(of=Company, key_share=True)
    there: dict[str, Company] = {}
    by_id: dict[UUID, Company] = {}
    for company in session.scalars(locked.execution_options(populate_existing=True)):
        by_id[company.id] = company
        if not company.namesake:
            there[f"name:{company.name_key}"] = company
        if company.domain:
            there[f"domain:{company.domain}"] = company
    return there | {f"{PREFIX}{key}:{value}": by_id[id_] for (key, value), id_ in held.items() if id_ in by_id}


def _rehearsed(session: Session, plan: Plan, drafts: Iterable[CompanyDraft]) -> set[str]:
    if not plan.dry_run:
        return set()
    keys = [key for draft in drafts for key in all_keys(draft)]
    return set(session.scalars(_REHEARSED, {"job_id": plan.job_id, "keys": keys}))


def _reached(session: Session, ids: set[UUID], access: Access) -> set[UUID]:
    return set(session.scalars(visible(select(Company.id).where(Company.id.in_(ids)), Company, access=access)))


def _touched(session: Session, plan: Plan, ids: set[UUID]) -> set[UUID]:
    mine = ImportedCompany.job_id == plan.job_id
    return set(session.scalars(select(ImportedCompany.company_id).where(mine, ImportedCompany.company_id.in_(ids))))
