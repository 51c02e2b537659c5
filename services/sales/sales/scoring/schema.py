"""What comes in and goes out about how likely deals are to be won and leads to be converted. Chances and shares are
from 0 to 1. A lead counts as `won` when it is converted, as lost when it is closed otherwise or has fallen asleep."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.scoring import deal_facts, lead_facts

_OF_DEALS, _OF_LEADS = validate.OneOf(deal_facts.FACTORS), validate.OneOf(lead_facts.FACTORS)


class FactorOut(Schema):
    """One thing about it: those closed of which it was so, by how much it moves the log-odds, and in words."""

    factor = fields.String()
    value = fields.Text(max=500)
    name = fields.Text(max=500)
    won = fields.Integer()
    lost = fields.Integer()
    log_odds = fields.Float()
    words = fields.Text(max=2000)


class ScoreOut(Schema):
    """How likely it is to be won, now, and why: the log-odds of the base rate and of the factors, the strongest first,
    add up to those of the probability. Without `enough` history there is no figure; `why` says so."""

    enough = fields.Boolean()
    why = fields.Text(max=500, allow_none=True)
    probability = fields.Decimal(as_string=True, allow_none=True)
    base_rate = fields.Float(allow_none=True)
    base_log_odds = fields.Float(allow_none=True)
    won = fields.Integer()
    lost = fields.Integer()
    factors = fields.Nested(FactorOut, many=True)
    at = fields.Instant()


class DealScoreOut(ScoreOut):
    """How likely a deal is to be won, and why."""

    deal_id = fields.Id()


class LeadScoreOut(ScoreOut):
    """How likely a lead is to be converted, and why; `won` counts those that were converted."""

    lead_id = fields.Id()


class ScoresQuery(Schema):
    """Of which open deals."""

    pipeline_id = fields.Id(load_default=None)
    stage_id = fields.Id(load_default=None)
    owner_id = fields.Id(load_default=None)


class ScoredDealOut(Schema):
    """An open deal and its chance when it was last scored."""

    deal_id = fields.Id()
    name = fields.Text()
    stage = fields.Text()
    owner_id = fields.Id(allow_none=True)
    probability = fields.Decimal(as_string=True)
    scored_at = fields.Instant()


class ScoredLeadOut(Schema):
    """An open lead and its chance when it was last scored. `score` says how much is known of it, `qualification_score`
    what was found out."""

    lead_id = fields.Id()
    name = fields.Text(allow_none=True)
    company_name = fields.Text(allow_none=True)
    status = fields.Text()
    source = fields.Text()
    owner_id = fields.Id(allow_none=True)
    score = fields.Integer()
    qualification_score = fields.Integer(allow_none=True)
    created_at = fields.Instant()
    probability = fields.Decimal(as_string=True)
    scored_at = fields.Instant()


def _choice(known: validate.OneOf) -> fields.List:
    at_most = validate.Length(max=len(tuple(known.choices)))
    return fields.List(fields.String(validate=known), required=True, validate=at_most)


class DealScoringIn(Schema):
    """By what deals are scored; without any every deal has the base rate."""

    factors = _choice(_OF_DEALS)


class LeadScoringIn(Schema):
    """By what leads are scored; without any every lead has the base rate."""

    factors = _choice(_OF_LEADS)


class ScoringOut(Schema):
    """From how many closed ones it is learnt."""

    won = fields.Integer()
    lost = fields.Integer()
    base_rate = fields.Float()
    enough = fields.Boolean()


class DealScoringOut(ScoringOut):
    """By what deals are scored, and from how many closed deals."""

    factors = fields.List(fields.String(validate=_OF_DEALS))


class LeadScoringOut(ScoringOut):
    """By what leads are scored, and from how many that were converted (`won`), or lost."""

    factors = fields.List(fields.String(validate=_OF_LEADS))


class TenthOut(Schema):
    """Those whose chance was `from` .. `to`: the mean of it, and the share that was won."""

    from_ = fields.Float(data_key="from")
    to = fields.Float()
    mean_probability = fields.Float()
    won_share = fields.Float()


class DealTenthOut(TenthOut):
    """How many deals had a chance of so many tenths, and what became of them."""

    deals = fields.Integer(attribute="cases")


class LeadTenthOut(TenthOut):
    """How many leads had a chance of so many tenths, and what became of them."""

    leads = fields.Integer(attribute="cases")


class BackTestOut(Schema):
    """How well the score did: learnt from the older 70 % of the closed ones, asked about the newer ones as they stood
    halfway between opening and closing, as far as that is kept. Beside it what always saying the base rate would have
    cost. Without `enough` history there are no figures; `why` says so."""

    enough = fields.Boolean()
    why = fields.Text(max=500, allow_none=True)
    learnt_from = fields.Integer()
    asked_about = fields.Integer()
    base_rate = fields.Float(allow_none=True)
    won_share = fields.Float(allow_none=True)
    auc = fields.Float(allow_none=True)
    brier = fields.Float(allow_none=True)
    brier_of_base_rate = fields.Float(allow_none=True)
    log_loss = fields.Float(allow_none=True)
    log_loss_of_base_rate = fields.Float(allow_none=True)


class DealBackTestOut(BackTestOut):
    """How well the score of deals did: halfway their stage and age are those of then, close dates put off and talks are
    left out, what else is known is of the closing."""

    calibration = fields.Nested(DealTenthOut, many=True)


class LeadBackTestOut(BackTestOut):
    """How well the score of leads did: halfway their age, forms, talks, qualification and recycling are those of then,
    what else is known is of the end."""

    calibration = fields.Nested(LeadTenthOut, many=True)
