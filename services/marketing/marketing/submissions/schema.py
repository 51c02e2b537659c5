"""Submissions: the schema that a form's definition makes, and what staff see."""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, pre_load, validate

from chassis.schema import Schema, fields

TRACKING = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")


class SubmissionIn(Schema):
    """A submission to any form: its answers by field name, and what every form has by itself.

    Which answers are needed and what they may be says the form (`GET .../public/forms/{key}`).
    """

    class Meta:
        unknown = INCLUDE

    consent = fields.Boolean(load_default=False)
    consent_version = fields.Integer(metadata={"description": "version of the consent text that was shown"})
    campaign = fields.Text(max=64, metadata={"description": "id or code of the campaign that brought the visitor"})
    utm_source = fields.Text(max=200)
    utm_medium = fields.Text(max=200)
    utm_campaign = fields.Text(max=200)
    utm_term = fields.Text(max=200)
    utm_content = fields.Text(max=200)


class Accepted(Schema):
    """A submission was taken. The same content posted again is answered with the same id."""

    submission_id = fields.Id()
    status = fields.Text(validate=validate.Equal("accepted"))


class SubmissionOut(Schema):
    """A submission as staff see it."""

    id = fields.Id()
    form_id = fields.Id()
    form_key = fields.Text()
    campaign_id = fields.Id(allow_none=True)
    person_id = fields.Id()
    identified_at = fields.Instant(allow_none=True)
    answers = fields.Dict(keys=fields.String())
    name = fields.Text(allow_none=True)
    email = fields.Text(allow_none=True)
    phone = fields.Text(allow_none=True)
    company_name = fields.Text(allow_none=True)
    country = fields.Text(allow_none=True)
    postcode = fields.Text(allow_none=True)
    consent_given = fields.Boolean()
    consent_text = fields.Text()
    utm = fields.Dict(keys=fields.String())
    version = fields.Integer()
    created_at = fields.Instant()


def answers_schema(definition: list[dict[str, Any]]) -> Schema:
    """The schema of a form's answers. Empty answers count as none, as browsers send every input."""
    made = {field["name"]: _answer(field) for field in definition}
    schema: Schema = _Answers.from_dict(made, name="Answers")()  # type: ignore[assignment, arg-type]
    return schema


class _Answers(Schema):
    @pre_load
    def without_blanks(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value is not None and not _blank(value)}


def _blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def _answer(field: dict[str, Any]) -> Any:
    required = field["required"]
    match field["type"]:
        case "email":
            return fields.Email(required=required)
        case "phone":
            return fields.Phone(required=required)
        case "country":
            return fields.CountryCode(required=required)
        case "number":
            return fields.Decimal(required=required, as_string=True, allow_nan=False)
        case "choice":
            return fields.Text(required=required, validate=validate.OneOf(field["options"]))
        case "textarea":
            return fields.Text(required=required, max=5000)
        case "postcode":
            return fields.Text(required=required, max=20)
        case _:
            return fields.Text(required=required, max=500)
