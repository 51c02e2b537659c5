"""The service and its one declarative base."""

from chassis.db import new_base
from chassis.service import Service

SERVICE = Service("sales", package="sales")
Base = new_base()
REFERENCES = {"person": "people", "company": "companies", "user": "reps"}  # what a custom field may point to
ALIASES = {"person": "merged_people", "company": "merged_companies"}  # where it is said what these were merged into
