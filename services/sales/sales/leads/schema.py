"""What comes in and goes out about leads."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import validate

from chassis.copies import NOT_FOR_PARTNERS
from chassis.schema import Schema, fields
from sales.leads.bulk import STEPS
from sales.leads.rules import LANGUAGE, LEVELS, STATUSES

_LANGUAGE = validate.Regexp(LANGUAGE, error="Not a language tag, such as zh or pt-BR.")


def language() -> fields.Text:
    """The language that a lead is spoken to in, by BCP 47."""
    return fields.Text(max=20, allow_none=True, validate=_LANGUAGE)


class LeadIn(Schema):
    """A new lead: a `person_id` of contacts, or at least a name, an e-mail address or a phone number. `product`: what
    it asks for, in words; `language`: that it is spoken to in."""

    person_id = fields.Id()
    company_id = fields.Id(allow_none=True)
    name = fields.Text(allow_none=True)
    email = fields.Email(allow_none=True)
    phone = fields.Phone(allow_none=True)
    company_name = fields.Text(allow_none=True)
    message = fields.Text(max=4000, allow_none=True)
    country = fields.CountryCode(allow_none=True)
    region = fields.Text(max=80, allow_none=True)
    postcode = fields.Text(max=20, allow_none=True)
    source = fields.Text(min=1, max=40, load_default="manual")
    campaign_id = fields.Id(allow_none=True)
    product = fields.Text(max=80, min=1, allow_none=True)
    language = language()
    custom = fields.Custom("leads")
    owner_id = fields.Id()


class LeadPatch(Schema):
    """What can be changed of a lead. Name, e-mail and phone are changed where they belong: in contacts."""

    company_id = fields.Id(allow_none=True)
    message = fields.Text(max=4000, allow_none=True)
    country = fields.CountryCode(allow_none=True)
    region = fields.Text(max=80, allow_none=True)
    postcode = fields.Text(max=20, allow_none=True)
    source = fields.Text(min=1, max=40)
    campaign_id = fields.Id(allow_none=True)
    product = fields.Text(max=80, min=1, allow_none=True)
    language = language()
    custom = fields.Custom("leads")


class LeadOut(Schema):
    """A lead. `assignment` explains who got it: strategy, territory, reason; by a rule also which rules were `passed`
    and who was `skipped`, and why. `cadence_choice` explains how it is followed up: name, reason."""

    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {
            "partner": (
                "cadence_id", "cadence_choice", "qualification", "qualification_score", "qualified_by", "qualified_at",
                "score", "territory", "territory_id", "assignment", "pool_id", "pooled_at", "protected",
                *NOT_FOR_PARTNERS,
            )
        }  # fmt: skip

    id = fields.Id()
    person_id = fields.Id()
    company_id = fields.Id(allow_none=True)
    name = fields.Text(allow_none=True)
    email = fields.Text(allow_none=True)
    phone = fields.Text(allow_none=True)
    company_name = fields.Text(allow_none=True)
    message = fields.Text(max=4000, allow_none=True)
    country = fields.Text(allow_none=True)
    region = fields.Text(max=80, allow_none=True)
    postcode = fields.Text(allow_none=True)
    source = fields.Text()
    campaign_id = fields.Id(allow_none=True)
    product = fields.Text(allow_none=True)
    language = fields.Text(allow_none=True)
    status = fields.Text(validate=validate.OneOf(STATUSES))
    reason = fields.Text(max=500, allow_none=True)
    reason_id = fields.Id(allow_none=True)
    last_source = fields.Text(allow_none=True)
    last_campaign_id = fields.Id(allow_none=True)
    qualification = fields.Dict(keys=fields.String())
    qualification_score = fields.Integer(allow_none=True)
    qualified_by = fields.Id(allow_none=True)
    qualified_at = fields.Instant(allow_none=True)
    recycle_at = fields.Instant(allow_none=True)
    recycled = fields.Integer()
    score = fields.Integer()
    territory = fields.Text(allow_none=True)
    territory_id = fields.Id(allow_none=True)
    assignment = fields.Dict(keys=fields.String(), allow_none=True)
    assigned_at = fields.Instant(allow_none=True)
    follow_step = fields.Integer()
    followed_at = fields.Instant(allow_none=True)
    cadence_id = fields.Id(allow_none=True)
    cadence_choice = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True)
    last_activity_at = fields.Instant()
    pool_id = fields.Id(allow_none=True)
    pooled_at = fields.Instant(allow_none=True)
    protected = fields.Boolean()
    deal_id = fields.Id(allow_none=True)
    closed_at = fields.Instant(allow_none=True)
    custom = fields.Custom("leads")
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class AssignIn(Schema):
    """Who gets a lead; decided by the rules if left out. `dry_run` shows it without doing it."""

    owner_id = fields.Id()
    dry_run = fields.Boolean(load_default=False)


class AssignWaitingIn(Schema):
    """How many of the leads without an owner are to be assigned."""

    limit = fields.Integer(load_default=200, validate=validate.Range(min=1, max=1000))


class ReasonIn(Schema):
    """Why a lead is closed or put aside: a `reason_id` of the house's list, a `reason` in words, or both. No personal
    data: the reason is told to the other services."""

    reason = fields.Text(min=1, max=500)
    reason_id = fields.Id()


class BulkIn(Schema):
    """A step for many leads, with what it needs: `owner_id` (assign; by the rules if left out), `reason` and
    `reason_id` (shelve, lose)."""

    lead_ids = fields.List(fields.Id(), required=True, validate=validate.Length(min=1, max=200))
    action = fields.Text(required=True, validate=validate.OneOf(tuple(STEPS)))
    owner_id = fields.Id()
    reason = fields.Text(min=1, max=500)
    reason_id = fields.Id()


class BulkOut(Schema):
    """What became of a lead; `code` and `detail` say why not."""

    lead_id = fields.Id()
    ok = fields.Boolean()
    status = fields.Text(allow_none=True)
    code = fields.Text(allow_none=True)
    detail = fields.Text(max=1000, allow_none=True)


class CriterionIn(Schema):
    """How far a criterion is met, and what else is known of it."""

    level = fields.Text(required=True, validate=validate.OneOf(tuple(LEVELS)))
    note = fields.Text(max=1000, allow_none=True)


class BudgetIn(CriterionIn):
    """Whether there is money, and how much."""

    amount = fields.Amount(allow_none=True)
    currency = fields.Currency(allow_none=True)


class TimingIn(CriterionIn):
    """Whether they buy soon, and when."""

    on = fields.Date(allow_none=True)


class QualifyIn(Schema):
    """What was found out: need, budget, authority, timing. A criterion that is left out stays as it was."""

    need = fields.Nested(CriterionIn)
    budget = fields.Nested(BudgetIn)
    authority = fields.Nested(CriterionIn)
    timing = fields.Nested(TimingIn)


class ChangeOut(Schema):
    """A lead became another status: by whom, by what (`cause`), why; whose it was."""

    at = fields.Instant()
    from_status = fields.Text(allow_none=True)
    to_status = fields.Text()
    cause = fields.Text()
    reason = fields.Text(max=500, allow_none=True)
    reason_id = fields.Id(allow_none=True)
    owner_id = fields.Id(allow_none=True)
    by = fields.Id(allow_none=True)


class TouchOut(Schema):
    """A form that brought a lead in."""

    submission_id = fields.Id()
    form_key = fields.Text(allow_none=True)
    source = fields.Text()
    campaign_id = fields.Id(allow_none=True)
    utm = fields.Dict(keys=fields.String())
    at = fields.Instant()


class FollowUpOut(Schema):
    """A step of a lead's cadence. Its id is also that of the task in contacts."""

    id = fields.Id()
    step = fields.Integer()
    title = fields.Text()
    titles = fields.Dict(keys=fields.String(), values=fields.String())
    channel = fields.Text(allow_none=True)
    due_at = fields.Instant()
    state = fields.Text(validate=validate.OneOf(("planned", "done", "cancelled")))
    interaction_id = fields.Id(allow_none=True)
    ended_at = fields.Instant(allow_none=True)
    escalated_at = fields.Instant(allow_none=True)
