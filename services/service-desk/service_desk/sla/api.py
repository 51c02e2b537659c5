"""Routes of service levels: calendars and policies."""

from __future__ import annotations

from chassis.http import Api, Resource
from service_desk.sla import setup
from service_desk.sla.model import BusinessCalendar, SlaPolicy
from service_desk.sla.schema import CalendarIn, CalendarOut, CalendarPatch, PolicyIn, PolicyOut, PolicyPatch

api = Api("service levels", scope="service-desk", internal=True)

api.add(
    Resource(
        BusinessCalendar,
        path="calendars",
        read=CalendarOut,
        create=CalendarIn,
        update=CalendarPatch,
        filters=("name", "zone"),
        sorts=("created_at", "name"),
        on_create=setup.add_calendar,
        on_update=setup.change_calendar,
    )
)
api.add(
    Resource(
        SlaPolicy,
        path="sla-policies",
        read=PolicyOut,
        create=PolicyIn,
        update=PolicyPatch,
        filters=("active", "priority", "kind", "calendar_id"),
        sorts=("rank", "created_at"),
        default_sort="rank",
        on_create=setup.add_policy,
        on_update=setup.change_policy,
    )
)
