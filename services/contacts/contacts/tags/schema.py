"""Tags over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.tags.rules import KINDS

_COLOUR = validate.Regexp(r"^#[0-9a-fA-F]{6}$", error="Must be like #1e88e5.")
_HOW = validate.OneOf(("hand", "rule", "record"))


class TagOut(Schema):
    """A tag. `label` is how it stands in `tags`, and what `?tag=` asks for; `run_id` the job that applies it."""

    id = fields.Id()
    kind = fields.String(validate=validate.OneOf(KINDS))
    name = fields.String()
    label = fields.String()
    colour = fields.String()
    description = fields.String(allow_none=True)
    rule = fields.Dict(allow_none=True)
    run_id = fields.Id(allow_none=True)
    run_at = fields.Instant(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class TagPatch(Schema):
    """What can be changed of a tag. With a `rule`, that alone gives and takes it."""

    colour = fields.String(validate=_COLOUR)
    description = fields.Text(max=500, allow_none=True)
    rule = fields.Raw(allow_none=True)


class TagIn(TagPatch):
    """A new tag; its name is unique among those of its kind."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    name = fields.Text(required=True, min=1, max=40)
    colour = fields.String(load_default="#78909c", validate=_COLOUR)


class RuleIn(Schema):
    """A rule to be counted."""

    rule = fields.Raw(required=True)


class CountOut(Schema):
    """How many people a rule fits."""

    count = fields.Integer()


class SubjectsIn(Schema):
    """Whom to give a tag to or take it from, and why."""

    person_ids = fields.List(fields.Id(), validate=validate.Length(max=1000))
    company_ids = fields.List(fields.Id(), validate=validate.Length(max=1000))
    reason = fields.Text(max=500, allow_none=True)


class ChangedOut(Schema):
    """How many that changed, and how many were so already."""

    changed = fields.Integer()
    unchanged = fields.Integer()


class GivingOut(Schema):
    """That somebody has (`taken_at` null) or had a tag; `record`: by an edit, import or merge of the record."""

    id = fields.Id()
    tag_id = fields.Id()
    kind = fields.String()
    name = fields.String()
    label = fields.String()
    colour = fields.String()
    given_at = fields.Instant()
    given_how = fields.String(validate=_HOW)
    given_by = fields.Id(allow_none=True)
    given_why = fields.String(allow_none=True)
    taken_at = fields.Instant(allow_none=True)
    taken_how = fields.String(allow_none=True)
    taken_by = fields.Id(allow_none=True)
    taken_why = fields.String(allow_none=True)
