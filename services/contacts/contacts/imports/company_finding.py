"""Which companies the rows of a list may be about, locked; and whose each name, domain and unique value is by now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, text
from sqlalchemy.orm import Session

from chassis.access import Access, visible
from chassis.custom.unique import holders
from chassis.errors import Invalid
from contacts.companies.model import Company
from contacts.imports.company_rows import CompanyDraft
from contacts.imports.company_state import State
from contacts.imports.custom import unique_key
from contacts.imports.fields import PREFIX
from contacts.imports.finding import all_keys, field_of
from contacts.imports.model import ImportedCompany
from contacts.imports.plan import Plan

_REHEARSED = text("SELECT key FROM rehearsed_keys WHERE job_id = :job_id AND key = ANY(:keys)")


class Known:
    """The companies behind keys (`name:acme`, `domain:acme.com`, `custom.erp_no:K-1`), as rows come to change them;
    `unique` are the custom fields whose values are a company's alone. `rehearsed` are keys that a dry run has come to
    in earlier steps; `unseen` and `kept` are companies that the one who imports may not read, and may not change."""

    def __init__(self, session: Session, plan: Plan, unique: Sequence[str], drafts: Sequence[CompanyDraft]) -> None:
        self._unique = unique
        self._there: dict[str, State] = {}
        self._given_up: dict[str, State] = {}
        self.rehearsed = _rehearsed(session, plan, drafts)
        found = _locked(session, drafts)
        ids = {company.id for company in found}
        touched = _touched(session, plan, ids)
        for company in found:
            state = State.here(company, touched=company.id in touched)
            self._there |= dict.fromkeys(self.keys_of(state), state)
        self.unseen, self.kept = _beyond(session, plan, ids, "read"), _beyond(session, plan, ids, "write")

    def of(self, keys: Iterable[str]) -> State | None:
        """The company that has the first of `keys` that any has."""
        return next((self._there[key] for key in keys if key in self._there), None)

    def keys_of(self, state: State) -> set[str]:
        """All that is this company's alone."""
        keys = {unique_key(name, state.custom[name]) for name in self._unique if name in state.custom}
        if not state.namesake:
            keys.add(f"name:{state.name_key}")
        return keys | {f"domain:{state.domain}"} if state.domain else keys

    def take(self, state: State, changes: dict[str, Any]) -> None:
        """Let a company be as a row says, and be found so from now on."""
        before = self.keys_of(state) if state.name_key else set()
        state.take(changes)
        after = self.keys_of(state)
        for key in before - after:
            self._given_up[key] = self._there.pop(key)
        self._there |= dict.fromkeys(after - before, state)

    def handed_on(self) -> dict[str, set[UUID]]:
        """Of the columns `name`, `domain` and `custom`: the companies whose value there is another company's now."""
        found: dict[str, set[UUID]] = {}
        for key, before in self._given_up.items():
            if key in self._there and self._there[key] is not before:
                found.setdefault(re.split("[.:]", key, maxsplit=1)[0], set()).add(before.id)
        return found

    def check_free(self, values: dict[str, Any], own: State | None) -> None:
        """Invalid where the domain or, unless they are a namesake's, the name of `values` is another company's."""
        keys = [f"domain:{values['domain']}"] if values.get("domain") else []
        if values.get("name_key") and not values.get("namesake"):
            keys.append(f"name:{values['name_key']}")
        for key in keys:
            other = self._there.get(key)
            if other is not None and other is not own:
                seen = other.id not in self.unseen
                message = f"The company {other.name!r} exists already." if seen else (
                    "This company exists, outside your reach."
                )  # fmt: skip
                raise Invalid("name", "taken", message)
            if other is None and key in self.rehearsed:
                raise Invalid("name", "taken", "This company exists already.")

    def check_claims(self, draft: CompanyDraft, own: State | None) -> None:
        """Invalid where another company has a value of the row that is unique."""
        for key in draft.claims:
            other = self._there.get(key)
            if (other is not None and other is not own) or (other is None and key in self.rehearsed):
                raise Invalid(field_of(key), "taken", "Another company has this value, which is unique.")


def _locked(session: Session, drafts: Iterable[CompanyDraft]) -> Sequence[Company]:
    keys = [key.partition(":") for draft in drafts for key in draft.keys]
    domains, names = ([text for kind, _, text in keys if kind == wanted] for wanted in ("domain", "name"))
    claims = [key.removeprefix(PREFIX).partition(":") for draft in drafts for key in draft.claims]
    held = holders(session, Company, [(key, value) for key, _, value in claims])
    named = and_(Company.name_key.in_(names), ~Company.namesake)
    wanted = or_(named, Company.domain.in_(domains), Company.id.in_(list(held.values())))
    locked = select(Company).where(wanted).order_by(Company.id).with_for_update(of=Company, key_share=True)
    return session.scalars(locked.execution_options(populate_existing=True)).all()


def _rehearsed(session: Session, plan: Plan, drafts: Iterable[CompanyDraft]) -> set[str]:
    if not plan.dry_run:
        return set()
    keys = [key for draft in drafts for key in all_keys(draft)]
    return set(session.scalars(_REHEARSED, {"job_id": plan.job_id, "keys": keys}))


def _beyond(session: Session, plan: Plan, ids: set[UUID], access: Access) -> set[UUID]:
    """Those of `ids` that the one who imports does not reach with `access`."""
    if plan.who.reach == "all" or not ids:
        return set()
    reached = visible(select(Company.id).where(Company.id.in_(ids)), Company, plan.who, access)
    return ids - set(session.scalars(reached))


def _touched(session: Session, plan: Plan, ids: set[UUID]) -> set[UUID]:
    mine = ImportedCompany.job_id == plan.job_id
    return set(session.scalars(select(ImportedCompany.company_id).where(mine, ImportedCompany.company_id.in_(ids))))
