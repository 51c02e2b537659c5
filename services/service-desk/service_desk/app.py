"""The HTTP door: the features' routes."""

from __future__ import annotations

from flask import Flask

from chassis.db import Database
from chassis.http import service_app
from service_desk.agents import api as agents
from service_desk.base import SERVICE
from service_desk.conversation import api as conversation
from service_desk.entitlements import api as entitlements
from service_desk.handovers import model as handovers
from service_desk.people import model as people
from service_desk.settings import settings
from service_desk.sla import api as sla
from service_desk.surveys import api as surveys
from service_desk.tickets import api as tickets

APIS = [tickets.api, conversation.api, sla.api, agents.api, surveys.api, entitlements.api]
MODELS = [people, handovers]  # have no routes, but tables


def create_app(database: Database | None = None) -> Flask:
    """The service desk's Flask application. SettingsError where the environment is wrong."""
    settings()
    return service_app(SERVICE, apis=APIS, database=database)
