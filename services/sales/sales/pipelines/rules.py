"""What makes a pipeline sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.errors import FieldError, Invalid

KINDS = ("open", "won", "lost")
_FIXED = {"won": 100, "lost": 0}


@dataclass(frozen=True)
class Plan:
    """A stage as it is planned; `probability` in per cent, None where the kind decides."""

    name: str
    kind: str
    probability: int | None


def check_stages(stages: Sequence[Plan]) -> list[int]:
    """The probabilities of `stages`, in order. Invalid, naming every stage at fault, unless their names
    differ, at least one is open, exactly one is won and one lost, and the probability of a closed one is 100
    or 0."""
    errors = [error for index, stage in enumerate(stages) for error in _stage_errors(index, stage, stages)]
    kinds = [stage.kind for stage in stages]
    if "open" not in kinds:
        errors.append(FieldError("stages", "no_open_stage", "A pipeline needs a stage of kind open."))
    for kind in _FIXED:
        if kinds.count(kind) != 1:
            errors.append(
                FieldError("stages", f"one_{kind}_stage", f"A pipeline has exactly one stage of kind {kind}.")
            )
    if errors:
        raise Invalid.many(errors)
    return [_FIXED.get(stage.kind, stage.probability or 0) for stage in stages]


def _stage_errors(index: int, stage: Plan, stages: Sequence[Plan]) -> list[FieldError]:
    errors = []
    if stage.name.casefold() in [other.name.casefold() for other in stages[:index]]:
        message = f"There is a stage {stage.name} already."
        errors.append(FieldError(f"stages.{index}.name", "duplicate", message))
    fixed = _FIXED.get(stage.kind)
    if fixed is not None and stage.probability not in (None, fixed):
        message = f"The probability of a stage of kind {stage.kind} is {fixed}."
        errors.append(FieldError(f"stages.{index}.probability", "fixed", message))
    return errors
