"""What comes in and goes out about forecasts."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.forecasts.rules import BY, CATEGORIES, CHANGES
from sales.periods import KINDS
from sales.targets.rules import SCOPES

_KIND, _CATEGORY = validate.OneOf(KINDS), validate.OneOf(CATEGORIES)
_STATE = validate.OneOf(CATEGORIES)


class CategoryIn(Schema):
    """A category; null: what is by default."""

    category = fields.Text(required=True, allow_none=True, validate=_CATEGORY)


class CategoryOut(Schema):
    """The category of a deal, that of its stage, and who said otherwise."""

    category = fields.Text(validate=_CATEGORY)
    by_stage = fields.Text(validate=_CATEGORY)
    set_by = fields.Id(allow_none=True)
    set_at = fields.Instant(allow_none=True)


class StageCategoryOut(Schema):
    """The category of the deals in a stage of which nobody says otherwise."""

    stage_id = fields.Id()
    stage = fields.Text()
    category = fields.Text(validate=_CATEGORY)


class CallIn(Schema):
    """What is expected in the period that the day `on` is in, in the base currency: of a rep, a team, or of the company
    where neither is named. The reason is needed unless the number is one's own."""

    period = fields.Text(required=True, validate=_KIND)
    on = fields.Date(required=True)
    rep_id = fields.Id()
    team_id = fields.Id()
    amount = fields.Amount(required=True)
    reason = fields.Text(max=500, min=1)


class CallOut(Schema):
    """What was expected, by whom. The newest of a kind holds."""

    id = fields.Id()
    kind = fields.Text(validate=validate.OneOf(("rep", "manager")))
    period = fields.Text(validate=_KIND)
    begins_on = fields.Date()
    scope = fields.Text(validate=validate.OneOf(SCOPES))
    subject_id = fields.Id(allow_none=True)
    amount = fields.Amount()
    reason = fields.Text(max=500, allow_none=True)
    made_by = fields.Id(allow_none=True)
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class ForecastQuery(Schema):
    """The month or quarter that the day `on` (today) is in, by what, and of which pipeline."""

    period = fields.String(load_default="quarter", validate=_KIND)
    on = fields.Date(load_default=None)
    by = fields.String(load_default="total", validate=validate.OneOf(BY))
    pipeline_id = fields.Id(load_default=None)


class GroupOut(Schema):
    """Open deals that are expected in the period by category, those weighted with the probability of their stage
    (without the omitted), what is won already; `expected`: won and committed. `gap`: what the target lacks beyond the
    manager's call, else the rep's, else `expected`."""

    key = fields.Id(allow_none=True)
    name = fields.Text(allow_none=True)
    commit = fields.Amount()
    best_case = fields.Amount()
    pipeline = fields.Amount()
    omitted = fields.Amount()
    weighted = fields.Amount()
    won = fields.Amount()
    expected = fields.Amount()
    open_deals = fields.Integer()
    rep_call = fields.Nested(CallOut, allow_none=True)
    manager_call = fields.Nested(CallOut, allow_none=True)
    target = fields.Amount(allow_none=True)
    gap = fields.Amount(min=None, allow_none=True)


class ForecastOut(Schema):
    """A forecast, in the base currency; by what: the id is in `key`. A split deal counts in the group of each share."""

    period = fields.Text(validate=_KIND)
    begins_on = fields.Date()
    ends_before = fields.Date()
    by = fields.Text(validate=validate.OneOf(BY))
    currency = fields.Currency()
    groups = fields.Nested(GroupOut, many=True)


class ChangesQuery(Schema):
    """The period that the day `on` (today) is in, as seen `since` a day (a week ago) and `until` another (today)."""

    period = fields.String(load_default="quarter", validate=_KIND)
    on = fields.Date(load_default=None)
    since = fields.Date(load_default=None)
    until = fields.Date(load_default=None)


class KindOut(Schema):
    """Deals that changed in one way: what they came to in the period before and after."""

    kind = fields.Text(validate=validate.OneOf(CHANGES))
    deals = fields.Integer()
    before = fields.Amount()
    after = fields.Amount()
    change = fields.Amount(min=None)


class ChangedOut(Schema):
    """A deal that changed."""

    deal_id = fields.Id()
    name = fields.Text()
    kind = fields.Text(validate=validate.OneOf(CHANGES))
    before = fields.Amount()
    after = fields.Amount()
    category_before = fields.Text(allow_none=True, validate=_STATE)
    category_after = fields.Text(validate=_STATE)
    due_before = fields.Date(allow_none=True)
    due_after = fields.Date(allow_none=True)


class ChangesOut(Schema):
    """What changed between two snapshots, whose days are `since` and `until`: the newest that there were by the days
    that were asked for. Of the deals the 200 that changed most."""

    period = fields.Text(validate=_KIND)
    begins_on = fields.Date()
    ends_before = fields.Date()
    since = fields.Date()
    until = fields.Date()
    currency = fields.Currency()
    before = fields.Amount()
    after = fields.Amount()
    kinds = fields.Nested(KindOut, many=True)
    deals = fields.Nested(ChangedOut, many=True)


class AccuracyQuery(Schema):
    """How many periods back, and how many days after the beginning of each the forecast is looked at."""

    period = fields.String(load_default="month", validate=_KIND)
    periods = fields.Integer(load_default=6, validate=validate.Range(min=1, max=12))
    days_in = fields.Integer(load_default=0, validate=validate.Range(min=0, max=91))


class AccuracyOut(Schema):
    """A period that is over: what the snapshot said (won and committed, won and weighted), what was won, and how near
    that came, per cent. `snapshot`: its day; null where there was none by then."""

    begins_on = fields.Date()
    ends_before = fields.Date()
    snapshot = fields.Date(allow_none=True)
    actual = fields.Amount()
    expected = fields.Amount(allow_none=True)
    expected_accuracy = fields.Decimal(as_string=True, allow_none=True)
    weighted = fields.Amount(allow_none=True)
    weighted_accuracy = fields.Decimal(as_string=True, allow_none=True)
