"""One value of one custom field."""

from __future__ import annotations

import time
from typing import Any

import pytest

from chassis.custom.cells import read_cell
from chassis.custom.definitions import Definition
from chassis.custom.values import NotAllowed, normal

CHOICES = ({"value": "a", "label": {"en": "Large", "zh": "大客户"}}, {"value": "b", "label": {"en": "Small"}})


def field(type_: str, **rules: Any) -> Definition:
    choices = CHOICES if "choice" in type_ else ()
    if type_ == "money":
        rules = {"currency": "EUR"} | rules
    return Definition("people", "key", type_, {}, None, False, False, False, False, False, None, choices, rules)


@pytest.mark.parametrize(
    ("type_", "value", "kept"),
    [
        ("text", "  x y ", "x y"),
        ("number", 5.0, 5),
        ("number", -0.25, -0.25),
        ("number", 999999999999999, 999999999999999),
        ("money", "-3.5", "-3.50"),
        ("money", 7, "7.00"),
        ("money", "-0", "0.00"),
        ("date", "2024-02-29", "2024-02-29"),
        ("boolean", False, False),
        ("choice", "b", "b"),
        ("multi_choice", ["b", "a", "b"], ["a", "b"]),
        ("reference", "019AA0C2-7F3E-7C11-8A55-3D2F0E9B1A01", "019aa0c2-7f3e-7c11-8a55-3d2f0e9b1a01"),
    ],
)
def test_a_value_has_one_spelling(type_: str, value: Any, kept: Any) -> None:
    found = normal(field(type_), value)
    assert (found, type(found)) == (kept, type(kept))


@pytest.mark.parametrize(
    ("type_", "rules", "value", "code"),
    [
        ("text", {}, 5, "not_valid"),
        ("text", {"min_length": 3}, "ab", "too_short"),
        ("text", {"max_length": 3}, "abcd", "too_long"),
        ("text", {"pattern": "a+"}, "aab", "pattern"),
        ("number", {}, float("nan"), "not_valid"),
        ("number", {}, float("inf"), "not_valid"),
        ("number", {}, 10**15, "not_valid"),
        ("number", {}, 1e300, "not_valid"),
        ("number", {}, True, "not_valid"),
        ("number", {"min": 1}, 0.999999, "out_of_range"),
        ("money", {}, "1e20", "out_of_range"),
        ("money", {}, "NaN", "out_of_range"),
        ("money", {"max": "9.99"}, "10", "out_of_range"),
        ("money", {}, "1.005", "decimals"),
        ("money", {"currency": "JPY"}, "0.5", "decimals"),
        ("money", {"currency": "KWD"}, "0.0005", "decimals"),
        ("date", {}, "2025-02-29", "not_valid"),
        ("date", {}, 20250228, "not_valid"),
        ("date", {"max": "2025-01-01"}, "2025-01-02", "out_of_range"),
        ("boolean", {}, "true", "not_valid"),
        ("choice", {}, "A", "not_a_choice"),
        ("multi_choice", {}, ["a", 1], "not_a_choice"),
        ("reference", {}, 7, "not_valid"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused(type_: str, rules: dict[str, Any], value: Any, code: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        normal(field(type_, **rules), value)
    assert refused.value.code == code


def test_no_pattern_is_slow() -> None:
    began = time.perf_counter()
    with pytest.raises(NotAllowed):
        normal(field("text", pattern="(a+)+b"), "a" * 4000)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("type_", "cell", "kept"),
    [
        ("number", "1,200.5", 1200.5),
        ("money", "1 200", "1200.00"),
        ("boolean", "是", True),
        ("boolean", "No", False),
        ("choice", "大客户", "a"),
        ("choice", "SMALL", "b"),
        ("multi_choice", "Small；大客户", ["a", "b"]),
        ("date", "2026-05-31", "2026-05-31"),
    ],
)
def test_a_cell_of_an_import_is_read(type_: str, cell: str, kept: Any) -> None:
    assert read_cell(field(type_), cell) == kept


@pytest.mark.parametrize(("type_", "cell"), [("number", "many"), ("boolean", "maybe"), ("choice", "Huge")])
def test_a_cell_that_is_none_is_refused(type_: str, cell: str) -> None:
    with pytest.raises(NotAllowed):
        read_cell(field(type_), cell)
