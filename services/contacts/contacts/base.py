"""The service and its one declarative base."""

from chassis.db import new_base
from chassis.service import Service

SERVICE = Service("contacts", package="contacts")
Base = new_base()
REFERENCES = {"person": "people", "company": "companies", "user": "staff"}  # what a custom field may point to
ALIASES = {"person": "tombstones", "company": "tombstones"}  # where it is said what these were merged into
