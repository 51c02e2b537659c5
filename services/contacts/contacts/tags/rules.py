"""What a tag's rule may say. A rule is a tree: all, any, not over conditions; a mistake is named by its node."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from chassis.errors import Conflict, Invalid

KINDS = ("attribute", "behaviour", "need", "status", "value", "feedback", "lifecycle")
# Not grade and RFM: a tag is seen by partners, and would tell them.
TEXTS = ("name", "job_title", "company_name", "lifecycle", "country", "region", "city", "postcode", "source")
IDS = ("company_id", "campaign_id", "owner_id", "team_id")
FLAGS, INSTANTS = ("reference",), ("created_at",)
OPERATIONS = {
    **dict.fromkeys(TEXTS, ("eq", "ne", "in", "contains", "known")),
    **dict.fromkeys(IDS, ("eq", "ne", "in", "known")),
    **dict.fromkeys(FLAGS, ("eq",)),
    **dict.fromkeys(INSTANTS, ("within_days", "older_than_days", "before", "after")),
}
COUNTED = {
    "purchases": ("count", "worth", "within_days", "older_than_days"),
    "interactions": ("count", "channel", "direction", "outcome", "within_days", "older_than_days"),
    "survey": ("count", "score", "within_days", "older_than_days"),
}
COMPARISONS = ("eq", "gte", "gt", "lte", "lt")
MAX_DEPTH, MAX_NODES, MAX_DAYS, MAX_VALUES = 8, 50, 36_500, 100
_LARGEST = Decimal("1e15")


def label_of(kind: str, name: str) -> str:
    """How a tag stands in `tags`: an attribute, which is what free words are, by its name; others with their kind."""
    return name if kind == "attribute" else f"{kind}:{name}"


def check_name(name: str) -> str:
    """A tag's name without white space around it."""
    name = " ".join(name.split())
    if not name:
        raise Invalid("name", "required", "A tag needs a name.")
    if any(sign in name for sign in ":;,；，、|"):
        raise Invalid("name", "not_valid", "A tag's name has no colon, comma, semicolon or bar.")
    return name


def check_by_hand(rule: dict[str, Any] | None) -> None:
    """Conflict for a tag that is its rule's to give."""
    if rule is not None:
        raise Conflict("has_rule", "This tag is given and taken by its rule alone.")


def is_timed(rule: dict[str, Any] | None) -> bool:
    """Whether time alone changes whom the rule fits."""
    return any("days" in name for node in nodes(rule or {}) for name in (*node, node.get("op", "")))


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every dictionary of a rule (checked), from the top."""
    yield node
    for value in node.values():
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, dict):
                yield from nodes(child)


def check_rule(rule: Any, path: str = "rule") -> None:
    """Invalid, naming the node, for a tree that makes no sense."""
    _check(rule, path, 1)
    if sum(1 for _ in nodes(rule)) > MAX_NODES:
        raise Invalid(path, "too_large", f"A rule has at most {MAX_NODES} nodes.")


def _check(node: Any, path: str, depth: int) -> None:
    _is(isinstance(node, dict) and bool(node), path, "node", 'A node is an object such as {"all": [...]}.')
    _is(depth <= MAX_DEPTH, path, "too_deep", f"A rule is at most {MAX_DEPTH} levels deep.")
    if "field" in node:
        _check_field(node, path)
        return
    _is(len(node) == 1, path, "node", "A node has one key: all, any, not, field, purchases, interactions, ...")
    ((name, inner),) = node.items()
    here = f"{path}.{name}"
    if name in ("all", "any"):
        _is(isinstance(inner, list) and bool(inner), here, "required", "Give a list of at least one node.")
        for i, child in enumerate(inner):
            _check(child, f"{here}.{i}", depth + 1)
    elif name == "not":
        _check(inner, here, depth + 1)
    elif name == "consent":
        _check_consent(inner, here)
    elif name in COUNTED:
        _check_counted(name, inner, here)
    else:
        raise Invalid(here, "unknown_node", f"There is no node {name!r}.")


def _check_field(node: dict[str, Any], path: str) -> None:
    _only(node, ("field", "op", "value"), path)
    field, op, value = node["field"], node.get("op", "eq"), node.get("value")
    _is(isinstance(field, str) and field in OPERATIONS, f"{path}.field", "unknown_field", "No rule reads that field.")
    allowed = OPERATIONS[field]
    _is(isinstance(op, str) and op in allowed, f"{path}.op", "unknown_operation", f"One of {', '.join(allowed)}.")
    here = f"{path}.value"
    if op in ("within_days", "older_than_days"):
        _days(value, here)
    elif op in ("before", "after"):
        _is(_instant(value), here, "not_valid", "An ISO 8601 instant with its offset.")
    elif op == "known" or field in FLAGS:
        _is(isinstance(value, bool), here, "not_valid", "true or false.")
    else:
        many: Any = value if op == "in" else [value]
        _is(isinstance(many, list) and 0 < len(many) <= MAX_VALUES, here, "not_valid", f"1 to {MAX_VALUES} values.")
        for one in many:
            _is(isinstance(one, str) and 0 < len(one) <= 200 and "\0" not in one, here, "not_valid", "A text.")
            _is(field not in IDS or _uuid(one), here, "not_valid", "A UUID.")


def _check_consent(inner: Any, path: str) -> None:
    _is(isinstance(inner, dict), path, "node", "Give an object with purpose and granted.")
    _only(inner, ("purpose", "granted"), path)
    _text(inner.get("purpose"), f"{path}.purpose")
    _is(isinstance(inner.get("granted", True), bool), f"{path}.granted", "not_valid", "true or false.")


def _check_counted(name: str, inner: Any, path: str) -> None:
    _is(isinstance(inner, dict), path, "node", "Give an object, {} for at least one.")
    _only(inner, COUNTED[name], path)
    for key, value in inner.items():
        here = f"{path}.{key}"
        if key in ("count", "worth", "score"):
            _compared(value, here, whole=key != "worth")
        elif key in ("within_days", "older_than_days"):
            _days(value, here)
        else:
            _text(value, here)


def _compared(value: Any, path: str, *, whole: bool) -> None:
    _is(isinstance(value, dict) and bool(value), path, "not_valid", 'Compare with {"gte": 1}.')
    _only(value, COMPARISONS, path)
    for name, number in value.items():
        fits = isinstance(number, int) if whole else isinstance(number, (int, str))
        _is(fits and not isinstance(number, bool) and _number(number), f"{path}.{name}", "not_valid", "A number >= 0.")


def _number(value: int | str) -> bool:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return False
    return number.is_finite() and 0 <= number < (_LARGEST if isinstance(value, str) else 2**31)


def _days(value: Any, path: str) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    _is(whole and 0 < value <= MAX_DAYS, path, "not_valid", f"A number of days, 1 to {MAX_DAYS}.")


def _text(value: Any, path: str) -> None:
    _is(isinstance(value, str) and 0 < len(value) <= 200 and "\0" not in value, path, "required", "A text.")


def _uuid(value: str) -> bool:
    try:
        return bool(UUID(value))
    except ValueError:
        return False


def _instant(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _only(node: dict[str, Any], allowed: tuple[str, ...], path: str) -> None:
    for name in node:
        _is(name in allowed, f"{path}.{name}", "unknown_key", f"One of {', '.join(allowed)}.")


def _is(fits: bool, path: str, code: str, message: str) -> None:
    if not fits:
        raise Invalid(path, code, message)
