"""The routes of required fields."""

from __future__ import annotations

from chassis.http import Api, Resource
from contacts.requirements import actions
from contacts.requirements.model import RequiredFields
from contacts.requirements.schema import RequiredOut, RequiredPatch

api = Api("required fields", scope="contacts")
api.add(
    Resource(
        RequiredFields,
        path="required-fields",
        read=RequiredOut,
        update=RequiredPatch,
        filters=("entity",),
        sorts=("entity",),
        default_sort="entity",
        on_update=actions.change,
        write_scope="gateway:admin",
    )
)
