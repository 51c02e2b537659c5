from chassis.db.migrate import run_env
from gateway import models  # noqa: F401 - tables must be known
from gateway.base import SERVICE, Base

run_env(SERVICE, Base.metadata)
