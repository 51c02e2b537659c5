"""The service and its one declarative base."""

from chassis.db import new_base
from chassis.service import Service

SERVICE = Service("reporting", package="reporting")
Base = new_base()
