"""The base of all schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import marshmallow
from marshmallow import RAISE, ValidationError

from chassis.errors import Invalid
from chassis.schema.mistakes import field_errors


class Schema(marshmallow.Schema):
    """A schema that refuses what it does not know. `passes_all` marks a query that its route reads by itself.

    `Meta.hidden` names the fields that a reach never sees, `Meta.flat` the one that stands for the whole in a table.
    """

    passes_all: ClassVar[bool] = False

    class Meta:
        unknown = RAISE
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {}
        flat: ClassVar[str | None] = None

    def load_or_refuse(self, data: Any, **options: Any) -> dict[str, Any]:
        """The loaded data; Invalid that names every field and rule otherwise."""
        if not isinstance(data, Mapping):
            raise Invalid("", "not_an_object", "A JSON object is expected.")
        try:
            loaded: dict[str, Any] = self.load(data, **options)
        except ValidationError as error:
            raise Invalid.many(field_errors(error.messages)) from None
        return loaded
