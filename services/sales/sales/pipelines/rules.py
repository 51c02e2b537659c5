"""What makes a pipeline sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.errors import FieldError, Invalid

KINDS = ("open", "won", "lost")
# What a stage can ask for: fields of a deal, or "custom.<key>".
REQUIRABLE = (
    "amount", "expected_close", "next_step", "next_step_on", "person_id", "company_id", "campaign_id", "source",
    "product",
)  # fmt: skip
# What has to be so before a deal goes on, and which parameter says it more closely.
CHECKS = {"item": None, "quote_sent": None, "quote_accepted": None, "interaction": "days", "contact_role": "role"}
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


def check_demands(stages: Sequence[Mapping[str, Any]]) -> None:
    """Invalid, naming every place at fault, for a required field that deals do not have, and for an exit check whose
    key comes twice in its stage or that lacks its parameter (`days` of an interaction, `role` of a contact)."""
    errors = []
    for index, stage in enumerate(stages):
        for place, name in enumerate(stage.get("required_fields", ())):
            if name not in REQUIRABLE and not name.startswith("custom."):
                path = f"stages.{index}.required_fields.{place}"
                errors.append(FieldError(path, "unknown_field", f"A stage cannot ask for {name!r}."))
        errors += _check_errors(f"stages.{index}.exit_checks", stage.get("exit_checks", ()))
    if errors:
        raise Invalid.many(errors)


def _check_errors(path: str, checks: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    errors = []
    keys = [check["key"] for check in checks]
    for place, check in enumerate(checks):
        parameter = CHECKS[check["kind"]]
        if check["key"] in keys[:place]:
            errors.append(
                FieldError(f"{path}.{place}.key", "duplicate", "The stage has a check with this key already.")
            )
        if parameter and check.get(parameter) is None:
            message = f"A check of kind {check['kind']} needs {parameter}."
            errors.append(FieldError(f"{path}.{place}.{parameter}", "required", message))
    return errors
