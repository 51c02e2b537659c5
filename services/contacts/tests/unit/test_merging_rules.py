"""Which value survives, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import Invalid
from contacts.merging.rules import Choices, all_groups, check_choices, explain, surviving

CHOICES = Choices(
    groups={"place": ("country", "city"), "name": ("name",)}, united={"tags": lambda one, other: [*one, *other]}
)
GROUPS = all_groups(CHOICES, ("country", "city", "name", "tags", "birthday", "custom"))
A, B = UUID(int=1), UUID(int=2)


def record(id_: UUID, day: int = 1, **values: Any) -> SimpleNamespace:
    blank = {"country": None, "city": None, "name": "X", "tags": [], "birthday": None, "custom": {}}
    return SimpleNamespace(id=id_, updated_at=datetime(2026, 1, day, tzinfo=UTC), **blank | values)


def merged(one: Any, other: Any, strategy: Any = "survivor", **fields: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    fates = explain(GROUPS, CHOICES, one, other, fields, strategy)
    return surviving(fates), {name: fate.why for name, fate in fates.items()}


def test_a_column_that_nobody_grouped_is_not_left_behind() -> None:
    values, why = merged(record(A), record(B, birthday="1990-01-01"))
    assert (values["birthday"], why["birthday"]) == ("1990-01-01", "only_one")


def test_what_says_more_without_contradiction_completes() -> None:
    values, why = merged(record(A, country="FR"), record(B, country="FR", city="Lyon"))
    assert (values["city"], why["place"]) == ("Lyon", "completes")
    values, why = merged(record(A, country="FR"), record(B, country="DE", city="Bonn"))
    assert (values["country"], values["city"], why["place"]) == ("FR", None, "survivor")


@pytest.mark.parametrize(
    ("strategy", "day", "city"),
    [("survivor", 2, "Paris"), ("newest", 2, "Bonn"), ("newest", 1, "Paris"), ("most_complete", 1, "Bonn")],
)
def test_the_strategy_decides_where_they_contradict(strategy: str, day: int, city: str) -> None:
    values, why = merged(record(A, city="Paris"), record(B, day, country="DE", city="Bonn"), strategy)
    assert (values["city"], why["place"]) == (city, strategy)


def test_a_choice_beats_all_and_unites_nothing() -> None:
    values, why = merged(record(A, tags=["a"], name="Ann"), record(B, tags=["b"], name=""), name=B, tags=B)
    assert (values["name"], values["tags"], why["name"], why["tags"]) == ("", ["b"], "chosen", "chosen")


def test_custom_fields_survive_one_by_one() -> None:
    one, other = record(A, custom={"size": 1, "x": "a"}), record(B, custom={"size": 2, "y": "b"})
    assert merged(one, other)[0]["custom"] == {"size": 1, "x": "a", "y": "b"}
    assert merged(one, other, **{"custom.size": B})[0]["custom"] == {"size": 2, "x": "a", "y": "b"}


def test_a_wrong_choice_names_the_field() -> None:
    with pytest.raises(Invalid) as refused:
        check_choices(CHOICES, {"shoe": A, "name": UUID(int=9), "custom.x": B, "custom.y": A}, [A, B], ["x"])
    assert [error.field for error in refused.value.errors] == ["fields.shoe", "fields.custom.y", "fields.name"]
