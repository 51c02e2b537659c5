"""What a refusal says, for a test to compare."""

from __future__ import annotations

from typing import Any


def code_of(answer: Any) -> tuple[int, str]:
    """The status and the code of a problem."""
    return answer.status_code, answer.json["code"]


def faults_of(answer: Any) -> list[tuple[str, str]]:
    """Which fields a 422 names, each with the code of its rule."""
    assert answer.status_code == 422, answer.text
    return [(one["pointer"], one["code"]) for one in answer.json["errors"]]
