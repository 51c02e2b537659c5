import sales.app  # noqa: F401 - every model
from chassis.db.migrate import run_env
from sales.base import SERVICE, Base

run_env(SERVICE, Base.metadata)
