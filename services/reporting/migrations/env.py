"""How alembic finds reporting's tables."""

import reporting.app  # noqa: F401 - imports every model
from chassis.db.migrate import run_env
from reporting.base import SERVICE, Base

run_env(SERVICE, Base.metadata)
