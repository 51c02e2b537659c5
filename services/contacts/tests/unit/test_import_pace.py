"""How many rows a step of an import takes."""

from __future__ import annotations

import pytest

from contacts.imports.pace import Pace


def after(most: int, *steps: tuple[int, float]) -> list[int]:
    """How many rows each next step takes: at first, and when steps of so many rows have taken so many seconds."""
    pace = Pace(most)
    sizes = [pace.rows]
    for rows, seconds in steps:
        pace.took(rows, seconds)
        sizes.append(pace.rows)
    return sizes


@pytest.mark.parametrize(
    ("most", "steps", "sizes"),
    [
        (20_000, [(5000, 0.5), (10_000, 0.9), (20_000, 1.9)], [5000, 10_000, 20_000, 20_000]),
        (20_000, [(5000, 4.0), (2500, 2.0), (2500, 1.0)], [5000, 2500, 2500, 5000]),
        (20_000, [(5000, 100.0), (1000, 0.0)], [5000, 1000, 2000]),
        (20_000, [(70, 0.01), (70, 3.0)], [5000, 5000, 1000]),
        (500, [(500, 0.1), (500, 9.0)], [500, 500, 500]),
    ],
    ids=["fast", "slow", "very slow", "the last of a file", "never more than most"],
)
def test_a_step_takes_as_many_rows_as_fit_into_its_time(
    most: int, steps: list[tuple[int, float]], sizes: list[int]
) -> None:
    assert after(most, *steps) == sizes


def test_a_step_is_timed() -> None:
    pace = Pace(20_000)
    with pace.timed(5000):
        pass
    assert pace.rows == 10_000
