"""The rows of one step of a list of companies: sorted one after the other, as if each were entered by hand, and written
together by a few statements however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import acting_as
from chassis.db.bulk import copy_rows
from chassis.db.updating import update_many
from chassis.errors import Conflict, FieldError, Invalid, Refusal
from contacts.addresses.model import Address
from contacts.companies import actions as companies
from contacts.companies.model import Company
from contacts.imports import addresses, company_writing, telling
from contacts.imports.company_finding import Known
from contacts.imports.company_rows import CompanyDraft
from contacts.imports.company_state import COLUMNS, State, changes_of
from contacts.imports.custom import CustomColumns
from contacts.imports.finding import field_of, identify
from contacts.imports.plan import PREVIEW, Outcome, Plan, Refused
from contacts.people.companions import call_company


def load_companies(session: Session, plan: Plan, drafts: Sequence[CompanyDraft], outcome: Outcome) -> None:
    """Match and write the rows of one step, in the name of who imports. A dry run stops short of writing."""
    custom = CustomColumns(session, plan.who, plan.form.headers, plan.mapping, Company)
    rest = identify(plan, custom.fill(drafts, outcome), outcome)
    with acting_as(plan.who):
        rows = _Rows(session, plan, custom, rest, outcome)
        rows.take()
        rows.rehearse() if plan.dry_run else rows.write()


class _Rows:
    """The rows of a step, and what becomes of the companies that they are about."""

    def __init__(
        self, session: Session, plan: Plan, custom: CustomColumns, drafts: Sequence[CompanyDraft], outcome: Outcome
    ) -> None:
        self._session, self._plan, self._custom = session, plan, custom
        self._drafts, self._outcome, self._counts = drafts, outcome, outcome.counts
        self._known = Known(session, plan, custom.unique, drafts)
        self._made: list[State] = []
        self._found: list[State] = []
        self._first: list[State] = []  # of those found: whom no row was about before

    def take(self) -> None:
        """Make, change or refuse what each row says."""
        for draft in self._drafts:
            keys = draft.found_by or draft.keys
            state = self._known.of(keys)
            try:
                if state is not None:
                    self._find(draft, state)
                elif not self._known.rehearsed.isdisjoint(keys):
                    self._counts.duplicates += 1
                else:
                    self._make(draft)
            except Refusal as refusal:
                errors = refusal.errors or [FieldError(field_of(keys[0]), refusal.code, refusal.detail)]
                self._outcome.refused.append(Refused(draft.number, draft.cells, list(errors)))

    def write(self) -> None:
        """Write what was made and changed, tell of it, and remember it for later steps and for the undo."""
        session, plan = self._session, self._plan
        changed = {state.entity: values for state in self._found if state.entity and (values := state.changed())}
        called = {company: company.name for company in changed}
        company_writing.let_go(session, self._known.handed_on())
        update_many(session, changed)
        company_writing.insert(session, plan, self._made, COLUMNS)
        gained = self._gain([*self._found, *self._made])
        self._outcome.told = telling.tell_companies(session, plan, self._made, list(changed), self._outcome.told)
        for company, before in called.items():
            if company.name != before:
                call_company(session, company)
        self._count(gained)
        company_writing.note(session, plan, {state.id: state.noted() for state in [*self._found, *self._made]})

    def rehearse(self) -> None:
        """Remember what a dry run has come to: later rows would only fill it in."""
        session, job_id = self._session, self._plan.job_id
        self._count(self._gain(self._found))
        company_writing.note_found(session, self._plan, [state.id for state in self._found])
        self._outcome.preview += [state.drafts[0].shown() for state in self._made[:PREVIEW]]
        keys = sorted({key for state in self._made for key in self._known.keys_of(state)})
        copy_rows(session, "rehearsed_keys", ("job_id", "key"), [(str(job_id), key) for key in keys])

    def _find(self, draft: CompanyDraft, state: State) -> None:
        if state.id in self._known.unseen:
            raise Conflict("out_of_reach", "This company exists, outside your reach.")
        if self._plan.mode == "create":
            self._counts.duplicates += state.touched
            self._counts.unchanged += not state.touched
            return
        if state.id in self._known.kept:
            raise Conflict("read_only_share", "This company is shared with you for reading.")
        self._known.check_claims(draft, state)
        changes = changes_of(state, draft, overwrite=not state.touched)
        changes = companies.normal({"namesake": state.namesake, **changes}, state)
        self._known.check_free(changes, state)
        self._known.take(state, changes)
        state.drafts.append(draft)
        if state.entity is not None and len(state.drafts) == 1:
            self._found.append(state)
        if state.touched:
            self._counts.duplicates += 1
        else:
            state.touched = True
            self._first.append(state)

    def _make(self, draft: CompanyDraft) -> None:
        if self._plan.mode == "update":
            raise Conflict("not_found", f"No company has this {' or '.join(self._plan.match) or 'domain or name'}.")
        self._known.check_claims(draft, None)
        wrong = self._custom.lacking(draft.custom or {}) if "name" in draft.values else FieldError(
            "name", "required", "A new company needs a name."
        )  # fmt: skip
        if wrong:
            raise Invalid.many([wrong])
        self._custom.complete([draft])
        values = companies.normal(draft.values | {"custom": draft.custom or {}})
        self._known.check_free(values, None)
        state = State.new(self._plan, draft)
        self._known.take(state, values)
        self._made.append(state)
        self._counts.created += 1

    def _gain(self, states: Sequence[State]) -> set[UUID]:
        """Give companies the further addresses of their rows; who gets one."""
        wanted = {state.id: [one for draft in state.drafts for one in draft.further] for state in states}
        return addresses.add(self._session, self._plan, Address.company_id, wanted)

    def _count(self, gained: set[UUID]) -> None:
        """Count the companies that this import has come to for the first time."""
        updated = sum(1 for state in self._first if state.changed() or state.id in gained)
        self._counts.updated += updated
        self._counts.unchanged += len(self._first) - updated
