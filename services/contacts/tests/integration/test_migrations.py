from chassis.testing import check_migrations
from contacts.base import SERVICE, Base


def test_the_migrations_make_what_the_models_say() -> None:
    import contacts.app  # noqa: F401

    check_migrations(SERVICE, Base)
