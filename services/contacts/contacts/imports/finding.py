"""Whom the rows of a step may be about: by contact points, unique custom fields, or their name at their company."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.company_names import company_key
from chassis.custom.unique import holders
from chassis.db.bulk import array_text, texts_given
from chassis.errors import FieldError
from contacts.imports.company_rows import CompanyDraft
from contacts.imports.custom import Row
from contacts.imports.drafts import Draft
from contacts.imports.fields import PREFIX
from contacts.imports.plan import Outcome, Plan, Refused
from contacts.imports.rules import AT_COMPANY, NAMED
from contacts.people.model import Person
from contacts.points.rules import name_key

_POINTS = text(f"SELECT key, person_id FROM contact_points WHERE key = {texts_given('keys')}")  # noqa: S608
_REHEARSED = text(f"SELECT key FROM rehearsed_keys WHERE job_id = :job_id AND key = {texts_given('keys')}")  # noqa: S608
_AT_COMPANY = text(
    "SELECT c.name_key, p.name, p.id FROM companies AS c JOIN people AS p ON p.company_id = c.id"
    " WHERE c.name_key = ANY(CAST(:keys AS text[]))"
)
_AT = "person:"


def identify(plan: Plan, drafts: Sequence[Row], outcome: Outcome) -> list[Row]:
    """Say of each row what it is found by, where the plan does; without the rows that have none of it."""
    if not plan.match:
        return list(drafts)
    kept = []
    for draft in drafts:
        draft.found_by = [key for by in plan.match for key in _keys(draft, by)]
        if draft.found_by:
            kept.append(draft)
        else:
            message = f"The row has nothing to be found by: {', '.join(plan.match)}."
            error = FieldError(field_of(plan.match[0]), "no_match_value", message)
            outcome.refused.append(Refused(draft.number, draft.cells, [error]))
    return kept


def holders_of(session: Session, keys: Iterable[str]) -> dict[str, UUID]:
    """Who has each of these keys of contact points."""
    return dict(session.execute(_POINTS, {"keys": array_text(list(keys))}).all())  # type: ignore[arg-type]


def known(
    session: Session, plan: Plan, drafts: Sequence[Draft], held: Mapping[str, UUID]
) -> tuple[dict[str, UUID | str], set[str]]:
    """Who has each key of the rows, by one statement for each sort of them but those of contact points, which are
    `held`; and the keys that several people have. In a dry run, what an earlier row has stands for the job."""
    found: dict[str, UUID | str] = dict(held)
    claims = [key.removeprefix(PREFIX).partition(":") for draft in drafts for key in draft.claims]
    for (key, value), id_ in holders(session, Person, [(key, value) for key, _, value in claims]).items():
        found[f"{PREFIX}{key}:{value}"] = id_
    ambiguous: set[str] = set()
    if AT_COMPANY in plan.match:
        at_company, ambiguous = _at_company(session, drafts)
        found |= at_company
    if plan.dry_run:
        keys = array_text([key for draft in drafts for key in all_keys(draft)])
        met = session.scalars(_REHEARSED, {"keys": keys, "job_id": plan.job_id})
        found |= dict.fromkeys((key for key in met if key not in found), plan.job_id)
    return found, ambiguous


def all_keys(draft: Draft | CompanyDraft) -> Iterable[str]:
    """All that a row is found by, or could be."""
    return draft.keys if not draft.found_by and not draft.claims else {
        *draft.keys, *draft.claims, *(draft.found_by or ())
    }  # fmt: skip


def field_of(key: str) -> str:
    """The field that a row shows its key in: of `email:a@b.c` it is `email`."""
    if key.startswith(NAMED):
        return ":".join(key.split(":", 2)[:2])
    field = key.partition(":")[0]
    return "name" if field in (AT_COMPANY, _AT[:-1]) else field


def _keys(draft: Draft | CompanyDraft, by: str) -> list[str]:
    if by == AT_COMPANY and isinstance(draft, Draft):
        company = company_key(draft.company_name) if draft.company_name else ""
        return [f"{_AT}{name_key(draft.name)}@{company}"] if company and not draft.name_made_up else []
    return [key for key in (*draft.keys, *draft.claims) if key.startswith(f"{by}:")]


def _at_company(session: Session, drafts: Sequence[Draft]) -> tuple[dict[str, UUID], set[str]]:
    wanted = {key for draft in drafts for key in draft.found_by or () if key.startswith(_AT)}
    companies = array_text(sorted({key.rpartition("@")[2] for key in wanted}))
    found: dict[str, UUID] = {}
    several: set[str] = set()
    for company, name, id_ in session.execute(_AT_COMPANY, {"keys": companies}):
        key = f"{_AT}{name_key(name)}@{company}"
        if key in wanted and found.setdefault(key, id_) != id_:
            several.add(key)
    return {key: id_ for key, id_ in found.items() if key not in several}, several
