"""The migrations."""

from chassis.testing import check_migrations
from service_desk.base import SERVICE, Base


def test_up_down_up_without_drift():
    import service_desk.app  # noqa: F401 - fills the metadata

    check_migrations(SERVICE, Base)


def test_a_fresh_desk_has_something_to_promise(api):
    policies = api.get("/sla-policies").json["data"]
    assert [(p["priority"], p["first_response_minutes"], p["resolution_minutes"]) for p in policies] == [
        ("urgent", 30, 240), ("high", 60, 540), ("normal", 240, 1080), ("low", 540, 2700),
    ]  # fmt: skip
    (calendar,) = api.get("/calendars").json["data"]
    assert calendar["zone"] == "Asia/Shanghai"
    assert calendar["hours"] == {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
