"""The migrations make what the models say."""

from chassis.testing import check_migrations
from reporting.base import SERVICE, Base


def test_up_down_up_without_drift() -> None:
    check_migrations(SERVICE, Base)
