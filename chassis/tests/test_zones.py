"""When a day is somewhere, also where the clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.errors import Invalid
from chassis.service import Service
from chassis.settings import SettingsError, service_settings
from chassis.zones import check_zone, day_ends, day_of, midnight, zone_or


@pytest.mark.parametrize(
    ("zone", "day", "begins", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        ("Europe/Berlin", date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        ("America/New_York", date(2026, 3, 8), datetime(2026, 3, 8, 5, tzinfo=UTC), 23),
        ("America/New_York", date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC), 25),
        ("Asia/Shanghai", date(2026, 3, 29), datetime(2026, 3, 28, 16, tzinfo=UTC), 24),
        ("Africa/Cairo", date(2026, 4, 24), datetime(2026, 4, 23, 22, tzinfo=UTC), 23),  # has no midnight
    ],
)
def test_a_day_is_as_long_as_it_is_there(zone: str, day: date, begins: datetime, hours: int) -> None:
    assert midnight(day, zone) == begins
    assert day_ends(begins, zone) - begins == timedelta(hours=hours)
    assert (day_of(begins, zone), day_of(begins - timedelta(seconds=1), zone)) == (day, day - timedelta(days=1))


def test_who_named_none_has_the_platforms(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (zone_or(None, "UTC"), zone_or("Europe/Paris", "UTC")) == ("UTC", "Europe/Paris")
    monkeypatch.setenv("QUINTET_TIME_ZONE", "Europe/Berlin")
    assert (zone_or(None, "UTC"), zone_or("Europe/Paris", "UTC")) == ("Europe/Berlin", "Europe/Paris")


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "europe/berlin", "../etc/passwd", "GMT+25", "localtime"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        check_zone(name)


def test_a_process_says_what_is_wrong_with_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUINTET_TIME_ZONE", "Berlin")
    with pytest.raises(SettingsError, match="QUINTET_TIME_ZONE: Name an IANA time zone"):
        service_settings(Service("zones", "zones"))
