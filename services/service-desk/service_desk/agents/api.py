"""Routes of agents. Users are made at the gateway; what the desk decides is whether they take new tickets."""

from __future__ import annotations

from chassis.http import Api, Resource
from service_desk.agents import actions
from service_desk.agents.model import Agent
from service_desk.agents.schema import AgentOut, AgentPatch

api = Api("agents", scope="service-desk", internal=True)

api.add(
    Resource(
        Agent,
        path="agents",
        read=AgentOut,
        update=AgentPatch,
        filters=("active", "available", "team_id"),
        sorts=("created_at", "name"),
        on_update=actions.change,
    )
)
