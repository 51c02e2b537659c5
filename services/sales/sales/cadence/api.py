"""Routes of cadences and of what is due."""

from __future__ import annotations

from chassis.http import Api, Resource
from sales.cadence import due, schema, templates
from sales.cadence.model import Cadence, FollowUp

api = Api("cadences", scope="sales", internal=True)
api.add(
    Resource(
        Cadence,
        path="cadences",
        read=schema.CadenceOut,
        create=schema.CadenceIn,
        update=schema.CadencePatch,
        filters=("active", "name"),
        sorts=("position",),
        default_sort="position",
        on_create=templates.create,
        on_update=templates.change,
    )
)
api.add(
    Resource(
        FollowUp,
        path="follow-ups",
        read=schema.DueOut,
        filters=("state", "due_at", "lead_id", "channel"),
        sorts=("due_at",),
        default_sort="due_at",
        finders={"owner_id": due.by_owner},
        lookups={"due": due.by_due},
        where=due.within_reach,
        complete=due.with_leads,
        exported=True,
    )
)
