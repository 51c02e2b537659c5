from chassis.db.migrate import run_env

import notebook.model  # noqa: F401
from notebook.base import SERVICE, Base

run_env(SERVICE, Base.metadata)
