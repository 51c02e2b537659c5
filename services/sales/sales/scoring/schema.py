"""What comes in and goes out about how likely deals are to be won. Chances and shares are from 0 to 1."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.scoring.rules import FACTORS

_FACTOR = validate.OneOf(FACTORS)


class FactorOut(Schema):
    """One thing about a deal: the closed deals of which it was so, by how much it moves the log-odds, and in words."""

    factor = fields.String(validate=_FACTOR)
    value = fields.Text(max=500)
    name = fields.Text(max=500)
    won = fields.Integer()
    lost = fields.Integer()
    log_odds = fields.Float()
    words = fields.Text(max=2000)


class ScoreOut(Schema):
    """How likely a deal is to be won, now, and why: the log-odds of the base rate and of the factors, the strongest
    first, add up to those of the probability. Without `enough` history there is no figure; `why` says so."""

    deal_id = fields.Id()
    enough = fields.Boolean()
    why = fields.Text(max=500, allow_none=True)
    probability = fields.Decimal(as_string=True, allow_none=True)
    base_rate = fields.Float(allow_none=True)
    base_log_odds = fields.Float(allow_none=True)
    won = fields.Integer()
    lost = fields.Integer()
    factors = fields.Nested(FactorOut, many=True)
    at = fields.Instant()


class ScoresQuery(Schema):
    """Of which open deals."""

    pipeline_id = fields.Id(load_default=None)
    stage_id = fields.Id(load_default=None)
    owner_id = fields.Id(load_default=None)


class ScoredOut(Schema):
    """An open deal and its chance when it was last scored."""

    deal_id = fields.Id()
    name = fields.Text()
    stage = fields.Text()
    owner_id = fields.Id(allow_none=True)
    probability = fields.Decimal(as_string=True)
    scored_at = fields.Instant()


class ScoringIn(Schema):
    """By what deals are scored; without any every deal has the base rate."""

    factors = fields.List(fields.String(validate=_FACTOR), required=True, validate=validate.Length(max=len(FACTORS)))


class ScoringOut(Schema):
    """By what deals are scored, and from how many closed deals."""

    factors = fields.List(fields.String(validate=_FACTOR))
    won = fields.Integer()
    lost = fields.Integer()
    base_rate = fields.Float()
    enough = fields.Boolean()


class TenthOut(Schema):
    """The deals whose chance was `from` .. `to`: the mean of it, and the share that was won."""

    from_ = fields.Float(data_key="from")
    to = fields.Float()
    deals = fields.Integer()
    mean_probability = fields.Float()
    won_share = fields.Float()


class BackTestOut(Schema):
    """How well the score did: learnt from the older 70 % of the closed deals, asked about the newer ones as they stood
    halfway between opening and closing (their stage and age of then; close dates put off and talks are left out, what
    else is known is of the closing). Beside it what always saying the base rate would have cost. Without `enough`
    history there are no figures; `why` says so."""

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
    calibration = fields.Nested(TenthOut, many=True)
