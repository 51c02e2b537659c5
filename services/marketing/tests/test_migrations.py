"""The migrations."""

from chassis.testing import check_migrations
from marketing.base import SERVICE, Base


def test_up_down_up_without_drift() -> None:
    import marketing.app
    import marketing.worker  # noqa: F401 - both fill the metadata

    check_migrations(SERVICE, Base)
