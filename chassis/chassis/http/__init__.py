"""The HTTP door of a service: routes, declarative resources, and what surrounds every request."""

from chassis.http.api import Api
from chassis.http.app import service_app
from chassis.http.render import Answer
from chassis.http.resource import Resource

__all__ = ["Answer", "Api", "Resource", "service_app"]
