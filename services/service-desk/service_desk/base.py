"""The service and its one declarative base."""

from chassis.db import new_base
from chassis.service import Service

SERVICE = Service("service-desk", package="service_desk")
Base = new_base()
