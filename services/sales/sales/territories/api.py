"""Routes of territories."""

from __future__ import annotations

from chassis.http import Api, Resource
from sales.territories import actions, schema
from sales.territories.model import Territory

api = Api("territories", scope="sales")
api.add(
    Resource(
        Territory,
        path="territories",
        read=schema.TerritoryOut,
        create=schema.TerritoryIn,
        update=schema.TerritoryPatch,
        filters=("name", "country", "active"),
        sorts=("position", "name"),
        default_sort="position",
        on_create=actions.create,
        on_update=actions.change,
        on_delete=actions.remove,
    )
)
