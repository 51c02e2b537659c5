"""What a bulk edit makes of a record, and what its undo gives back."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.errors import Invalid
from contacts.bulk.rules import Changes, differing, taken_back
from contacts.quality.rules import WEIGHTS, check_weights, score

NOW: dict[str, Any] = {"city": "Rome", "note": None, "job_title": "", "tags": ["a", "b"]}


@pytest.mark.parametrize(
    ("changes", "becomes"),
    [
        (Changes(set={"city": "Oslo"}), {"city": "Oslo"}), (Changes(set={"city": "Rome"}), {}),
        (Changes(fill={"city": "Oslo", "note": "x", "job_title": "y"}), {"note": "x", "job_title": "y"}),
        (Changes(clear=("city", "note")), {"city": None}),
        (Changes(add_tags=("b", "c"), remove_tags=("a",)), {"tags": ["b", "c"]}),
        (Changes(add_tags=("a",), remove_tags=("z",)), {}),
    ],
)  # fmt: skip
def test_what_differs_is_changed(changes: Changes, becomes: dict[str, Any]) -> None:
    assert changes.of(NOW) == becomes


def test_nothing_and_two_ways_are_refused() -> None:
    for changes in (
        Changes(),
        Changes(set={"city": "x"}, clear=("city",)),
        Changes(add_tags=("a",), remove_tags=("a",)),
    ):
        with pytest.raises(Invalid):
            changes.check()


def test_an_undo_leaves_what_was_changed_since() -> None:
    before, after = differing(NOW, NOW | {"city": "Oslo", "note": "x", "tags": ["b", "c"]})
    assert (before, after) == (
        {"city": "Rome", "note": None, "tags": ["a", "b"]}, {"city": "Oslo", "note": "x", "tags": ["b", "c"]},
    )  # fmt: skip
    assert taken_back(before, after, NOW | after) == {"city": "Rome", "note": None, "tags": ["b", "a"]}
    since = NOW | after | {"city": "Paris", "tags": ["b", "c", "mine"]}
    assert taken_back(before, after, since) == {"note": None, "tags": ["b", "mine", "a"]}


def test_only_what_lacks_nothing_is_complete() -> None:
    weights = {"email": 2, "phone": 1}
    assert [score(weights, missing) for missing in ((), ("phone",), ("email",), ("email", "phone"))] == [100, 66, 33, 0]
    assert {sum(of.values()) for of in WEIGHTS.values()} == {100}


def test_weights_are_of_known_fields() -> None:
    assert check_weights("people", {"email": 5, "phone": 0}) == {"email": 5}
    for wrong in ({"shoe": 5}, {"email": 0}, {"email": -1, "phone": 5}):
        with pytest.raises(Invalid):
            check_weights("people", wrong)
