"""Routes of reps: read only, for users belong to the gateway."""

from __future__ import annotations

from chassis.http import Api, Resource
from sales.reps import schema
from sales.reps.model import Rep

api = Api("reps", scope="sales")
api.add(
    Resource(
        Rep,
        path="reps",
        read=schema.RepOut,
        filters=("team_id", "active", "takes_leads", "email"),
        sorts=("name",),
        default_sort="created_at",
    )
)
