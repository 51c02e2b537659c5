"""Runs the migrations of contacts; the chassis knows how."""

import contacts.app  # noqa: F401 - fills the metadata
from chassis.db.migrate import run_env
from contacts.base import SERVICE, Base

run_env(SERVICE, Base.metadata)
