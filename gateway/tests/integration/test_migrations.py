from __future__ import annotations

from chassis.testing import check_migrations
from gateway import models  # noqa: F401
from gateway.base import SERVICE, Base


def test_up_down_up_and_no_drift():
    check_migrations(SERVICE, Base)
