import notebook.model  # noqa: F401
from notebook.base import SERVICE, Base

from chassis.db.migrate import run_env

run_env(SERVICE, Base.metadata)
