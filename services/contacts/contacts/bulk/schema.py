"""Bulk edits over the API."""

from __future__ import annotations

from typing import Any

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.bulk.rules import CLEARABLE, CUSTOM, FIELDS, TEXTS, Changes, Edited, Replacement
from contacts.companies.schema import CompanyPatch
from contacts.people.schema import PersonPatch

_TAGS = validate.Length(max=20)
_CUSTOM_KEY = rf"{CUSTOM.replace('.', '[.]')}[a-z][a-z0-9_]{{0,49}}"


def _clear(entity: Edited) -> Any:
    allowed = validate.Regexp(rf"^({'|'.join(CLEARABLE[entity])}|{_CUSTOM_KEY})$", error="Cannot be emptied.")
    return fields.List(fields.Text(validate=allowed), validate=validate.Length(max=50))


def _replace(entity: Edited) -> Any:
    return fields.List(fields.Nested(_REPLACEMENTS[entity]), validate=validate.Length(max=10))


class PersonValuesIn(PersonPatch):
    """Values to be given to many people; contact points belong to one alone."""

    class Meta(PersonPatch.Meta):
        fields = (*FIELDS["people"], "custom")


class CompanyValuesIn(CompanyPatch):
    """Values to be given to many companies; domains and contact points belong to one alone."""

    class Meta(CompanyPatch.Meta):
        fields = (*FIELDS["companies"], "custom")


class PersonReplaceIn(Schema):
    """Wherever `find` stands in a field (as it is written, but for white space around it), `by` instead."""

    field = fields.String(required=True, validate=validate.OneOf(TEXTS["people"]))
    find = fields.Text(required=True)
    by = fields.Text(load_default="")


class CompanyReplaceIn(PersonReplaceIn):
    """The same of companies."""

    field = fields.String(required=True, validate=validate.OneOf(TEXTS["companies"]))


VALUES: dict[Edited, Any] = {"people": PersonValuesIn, "companies": CompanyValuesIn}
_REPLACEMENTS: dict[Edited, Any] = {"people": PersonReplaceIn, "companies": CompanyReplaceIn}


class PersonChangesIn(Schema):
    """What is to be changed: `set` overwrites, `fill` only what is missing, `clear` empties, `replace` changes a part
    of a text. Custom fields stand in `custom` of `set` and `fill`, and as `custom.<key>` in `clear`."""

    set = fields.Nested(PersonValuesIn)
    fill = fields.Nested(PersonValuesIn)
    clear = _clear("people")
    replace = _replace("people")
    add_tags = fields.List(fields.Text(min=1, max=50), validate=_TAGS)
    remove_tags = fields.List(fields.Text(min=1, max=50), validate=_TAGS)


class CompanyChangesIn(PersonChangesIn):
    """The same of companies."""

    set = fields.Nested(CompanyValuesIn)
    fill = fields.Nested(CompanyValuesIn)
    clear = _clear("companies")
    replace = _replace("companies")


class _Chosen(Schema):
    """Whom: `ids`, or `filter` with the parameters of the list (and `missing`). `seen_at`: who was changed since then,
    as the preview gave it, is left out."""

    ids = fields.List(fields.Id(), validate=validate.Length(min=1, max=1000))
    filter = fields.Dict(keys=fields.String(), values=fields.String(validate=validate.Length(max=2000)))
    seen_at = fields.Instant(allow_none=True)
    reason = fields.Text(max=500, allow_none=True)


class PeopleEditIn(PersonChangesIn, _Chosen):
    """Which people, and what is to be changed."""


class CompaniesEditIn(CompanyChangesIn, _Chosen):
    """Which companies, and what is to be changed."""


CHANGES: dict[Edited, Any] = {"people": PersonChangesIn, "companies": CompanyChangesIn}


class BulkEditOut(Schema):
    """A bulk edit. Its id is also that of its job, which has the progress and the rows that were left out; `undo_id`
    is the job that takes it back."""

    id = fields.Id()
    entity = fields.String()
    created_by = fields.Id(allow_none=True)
    changes = fields.Dict()
    reason = fields.String(allow_none=True)
    total = fields.Integer()
    counts = fields.Dict(
        metadata={"description": "changed, unchanged, skipped, restricted, failed; after an undo restored, kept."}
    )
    undo_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class PreviewRowOut(Schema):
    """What would become of one record."""

    id = fields.Id()
    name = fields.String()
    before = fields.Dict()
    after = fields.Dict()


class LeftOutOut(Schema):
    """A record that would be left out, and why."""

    id = fields.Id()
    code = fields.String()
    message = fields.String()


class PreviewOut(Schema):
    """How many records it is about (`count`), what would become of the `examined` first of them (`counts`), the first
    that would change (`rows`) and the first that would be left out. Give `seen_at` to the edit."""

    count = fields.Integer()
    examined = fields.Integer()
    counts = fields.Dict(
        metadata={
            "description": "changed, unchanged; left out: out_of_reach, changed_meanwhile, restricted, refused. Of all "
            "that the filter or the ids name: out_of_reach; of the examined: the others."
        }
    )
    rows = fields.Nested(PreviewRowOut, many=True)
    left_out = fields.Nested(LeftOutOut, many=True)
    seen_at = fields.Instant()


def changes_of(said: dict[str, Any]) -> Changes:
    """The changes that a loaded body names."""
    return Changes(
        set=_flat(said.get("set", {})),
        fill=_flat(said.get("fill", {})),
        clear=tuple(dict.fromkeys(said.get("clear", ()))),
        replace=tuple(Replacement(**one) for one in said.get("replace", ())),
        add_tags=tuple(said.get("add_tags", ())),
        remove_tags=tuple(said.get("remove_tags", ())),
    )


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    custom = values.get("custom") or {}
    ours = {CUSTOM + key: value for key, value in custom.items()}
    return {name: value for name, value in values.items() if name != "custom"} | ours
