"""Runs the migrations of the service desk; the chassis knows how."""

import service_desk.app  # noqa: F401 - fills the metadata
from chassis.db.migrate import run_env
from service_desk.base import SERVICE, Base

run_env(SERVICE, Base.metadata)
