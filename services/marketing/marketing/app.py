"""The HTTP door of marketing."""

from __future__ import annotations

from flask import Flask

from chassis.db import Database
from chassis.http import service_app
from marketing.base import SERVICE
from marketing.campaigns.api import api as campaigns
from marketing.consent import model as consent
from marketing.cors import install_cors
from marketing.forms.api import api as forms
from marketing.submissions.api import api as submissions

__all__ = ["consent", "create_app"]


def create_app(database: Database | None = None) -> Flask:
    """The Flask application."""
    app = service_app(SERVICE, apis=[forms, submissions, campaigns], database=database)
    install_cors(app)
    return app
