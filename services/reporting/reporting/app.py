"""The HTTP door: a list of the features' routes."""

from __future__ import annotations

from flask import Flask

from chassis.db import Database
from chassis.http import service_app
from reporting.base import SERVICE
from reporting.dashboards import api as dashboards
from reporting.log import api as log
from reporting.projections import api as projections


def create_app(database: Database | None = None) -> Flask:
    """The Flask application; the database defaults to the one that the environment names."""
    return service_app(SERVICE, apis=[log.api, dashboards.api, projections.api], database=database)
