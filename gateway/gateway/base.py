"""The gateway as the chassis sees it: its name, and the base of its tables."""

from chassis.db import new_base
from chassis.service import Service


class Gateway(Service):
    """Its own routes stand directly under `/api/v1`: it is not one of the services that it routes to."""

    @property
    def url_prefix(self) -> str:
        return "/api/v1"


SERVICE = Gateway("gateway", package="gateway")
Base = new_base()
