"""What comes in and goes out about the playbook."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from sales.playbook.rules import KINDS, LANGUAGES, STATUSES, SUBJECTS

_MANY = validate.Length(max=50)


class PlayPatch(Schema):
    """What can be changed of a play. A list of what it is about is given whole: what is left out is taken away."""

    kind = fields.Text(validate=validate.OneOf(KINDS))
    language = fields.Text(validate=validate.OneOf(LANGUAGES))
    title = fields.Text(min=1)
    body = fields.Text(max=20_000, allow_none=True)
    url = fields.Url(allow_none=True, schemes={"http", "https"}, validate=validate.Length(max=500))
    stage_ids = fields.List(fields.Id(), validate=_MANY)
    product_ids = fields.List(fields.Id(), validate=_MANY)
    competitor_ids = fields.List(fields.Id(), validate=_MANY)
    industries = fields.List(fields.Text(min=1, max=100), validate=_MANY)


class PlayIn(PlayPatch):
    """A new play, a draft."""

    kind = fields.Text(required=True, validate=validate.OneOf(KINDS))
    language = fields.Text(required=True, validate=validate.OneOf(LANGUAGES))
    title = fields.Text(required=True)


class PlayOut(Schema):
    """A play, with how many users find it useful or not, and how often it was used. `own_vote`: whether
    the caller finds it useful; null where there is no vote."""

    id = fields.Id()
    kind = fields.Text(validate=validate.OneOf(KINDS))
    language = fields.Text(validate=validate.OneOf(LANGUAGES))
    title = fields.Text()
    body = fields.Text(max=20_000, allow_none=True)
    url = fields.Text(max=500, allow_none=True)
    status = fields.Text(validate=validate.OneOf(STATUSES))
    edition = fields.Integer()
    published_at = fields.Instant(allow_none=True)
    stage_ids = fields.List(fields.Id())
    product_ids = fields.List(fields.Id())
    competitor_ids = fields.List(fields.Id())
    industries = fields.List(fields.Text(max=100))
    useful = fields.Integer()
    not_useful = fields.Integer()
    own_vote = fields.Boolean(allow_none=True)
    uses = fields.Integer()
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class EditionOut(Schema):
    """The text of a play as it was from one change to the next."""

    edition = fields.Integer()
    title = fields.Text()
    body = fields.Text(max=20_000, allow_none=True)
    url = fields.Text(max=500, allow_none=True)
    changed_by = fields.Id(allow_none=True)
    changed_at = fields.Instant()


class VoteIn(Schema):
    """Whether a play is useful to the caller."""

    useful = fields.Boolean(required=True)


class UseIn(Schema):
    """For which deal a play was used, if for one."""

    deal_id = fields.Id(load_default=None, allow_none=True)


class SuggestQuery(Schema):
    """In which language, and how many."""

    language = fields.Text(load_default=None, validate=validate.OneOf(LANGUAGES))
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 50))


class SuggestionOut(Schema):
    """A play for a deal, and by what of the deal it came up."""

    play = fields.Nested(PlayOut)
    because = fields.List(fields.Text(validate=validate.OneOf(SUBJECTS)))
