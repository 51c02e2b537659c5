"""`/api/v1/teams`. A team that somebody belongs to cannot be deleted (409)."""

from __future__ import annotations

from chassis.http import Api, Resource
from gateway.roles.rules import ADMIN
from gateway.teams.model import Team
from gateway.teams.schema import TeamIn, TeamOut, TeamPatch

api = Api("teams", scope="gateway")
api.add(
    Resource(
        Team,
        path="teams",
        read=TeamOut,
        create=TeamIn,
        update=TeamPatch,
        filters=("name", "region"),
        sorts=("created_at", "name"),
        default_sort="name",
        delete=True,
        scope=ADMIN,
    )
)
