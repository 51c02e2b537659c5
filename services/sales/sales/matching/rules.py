"""Conditions: whether they make sense, whether they hold, and how they read.

A condition is `{"field": "country", "op": "in", "value": ["CN"]}`, or several of them as `{"all": [...]}` or
`{"any": [...]}`, nested up to `DEPTH` deep. What is not known of a record fulfils `not_in` and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from chassis.errors import Invalid

Tree = Mapping[str, Any]
Facts = Mapping[str, Any]

WORDS = (
    "country", "region", "industry", "source", "campaign_id", "product", "language", "grade", "company_id", "partner_id"
)  # fmt: skip
NUMBERS = ("score", "chance", "employees", "amount")
OPS = {
    "in": "is",
    "not_in": "is not",
    "prefix": "begins with",
    "range": "is from",
    "gte": "is at least",
    "lte": "is at most",
}
DEPTH, CONDITIONS, VALUES = 4, 50, 500
PLACES = ("country", "region", "postcode", "industry", "employees")


@lru_cache(maxsize=4096)
def plain(postcode: str | None) -> str:
    """A postcode as it is compared: upper case, without spaces and hyphens."""
    return "".join(letter for letter in (postcode or "").upper() if letter.isalnum())


def check_tree(tree: Any, path: str = "when", *, places: bool = False) -> None:
    """Invalid, naming the spot, unless the conditions make sense. `places`: only what tells where a customer is and
    what it does may be asked, as of a territory."""
    found = _check(tree, path, places, depth=1)
    if found > CONDITIONS:
        raise Invalid(path, "too_long", f"At most {CONDITIONS} conditions.")


def holds(tree: Tree | None, facts: Facts) -> bool:
    """Whether the record of which these `facts` are known fulfils the conditions; no conditions always hold."""
    if not tree:
        return True
    if "all" in tree:
        return all(holds(one, facts) for one in tree["all"])
    if "any" in tree:
        return any(holds(one, facts) for one in tree["any"])
    return _fulfils(tree["op"], _known(facts, tree["field"]), tree["value"], tree["field"])


def asks(tree: Tree | None, field: str) -> bool:
    """Whether the conditions ask this field."""
    if not tree:
        return False
    return tree.get("field") == field or any(asks(one, field) for word in ("all", "any") for one in tree.get(word, ()))


def specificity(tree: Tree | None) -> int:
    """How much the conditions ask: the more, the more specific. Of alternatives the least specific counts; the longer
    a postcode's prefix, the more it asks."""
    if not tree:
        return 0
    if "all" in tree:
        return sum(map(specificity, tree["all"]))
    if "any" in tree:
        return min(map(specificity, tree["any"]))
    if tree["op"] == "prefix":
        return 10 + min(len(plain(one)) for one in tree["value"])
    return 1 if tree["op"] == "not_in" else 10


def say(tree: Tree | None) -> str:
    """The conditions in words: `country is CN and postcode begins with 51`."""
    if not tree:
        return "everything"
    for joined, word in (("all", " and "), ("any", " or ")):
        if joined in tree:
            return word.join(f"({say(one)})" if "any" in one else say(one) for one in tree[joined])
    return f"{tree['field'].replace('_', ' ')} {OPS[tree['op']]} {_value(tree['value'])}"


def _check(tree: Any, path: str, places: bool, depth: int) -> int:
    if not isinstance(tree, Mapping):
        raise Invalid(path, "not_a_condition", "A condition is an object with field, op and value, or all, or any.")
    joined = [name for name in ("all", "any") if name in tree]
    if not joined:
        _check_one(tree, path, places)
        return 1
    if len(tree) > 1 or not isinstance(tree[joined[0]], Sequence) or not tree[joined[0]] or depth >= DEPTH:
        detail = f"`{joined[0]}` stands alone and holds conditions, at most {DEPTH} deep."
        raise Invalid(f"{path}.{joined[0]}", "not_a_condition", detail)
    return sum(_check(one, f"{path}.{joined[0]}.{i}", places, depth + 1) for i, one in enumerate(tree[joined[0]]))


def _check_one(tree: Tree, path: str, places: bool) -> None:
    if set(tree) != {"field", "op", "value"}:
        raise Invalid(path, "not_a_condition", "A condition has a field, an op and a value.")
    field, op, value = tree["field"], tree["op"], tree["value"]
    if not isinstance(field, str) or not _is_field(field, places):
        raise Invalid(f"{path}.field", "unknown_field", f"Conditions ask {', '.join(_fields(places))}.")
    allowed = _ops_of(field)
    if op not in allowed:
        raise Invalid(f"{path}.op", "not_a_choice", f"Of {field} one can ask {', '.join(allowed)}.")
    if op in ("gte", "lte"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Invalid(f"{path}.value", "not_a_number", "A number is expected.")
    elif op == "range":
        _check_ranges(value, f"{path}.value")
    else:
        _check_values(value, f"{path}.value")


def _check_values(value: Any, path: str) -> None:
    good = isinstance(value, Sequence) and not isinstance(value, str) and 0 < len(value) <= VALUES
    if not good or not all(isinstance(one, str) and 0 < len(one) <= 200 for one in value):
        raise Invalid(path, "not_a_list", f"A list of 1 to {VALUES} texts is expected.")


def _check_ranges(value: Any, path: str) -> None:
    good = isinstance(value, Sequence) and not isinstance(value, str) and 0 < len(value) <= VALUES
    if not good:
        raise Invalid(path, "not_ranges", 'Ranges are a list of ["from", "to"].')
    spans = []
    for i, span in enumerate(value):
        pair = isinstance(span, Sequence) and not isinstance(span, str) and len(span) == 2
        if not pair or not all(isinstance(edge, str) and plain(edge) for edge in span):
            raise Invalid(f"{path}.{i}", "not_a_range", 'A range is ["from", "to"].')
        low, high = plain(span[0]), plain(span[1])
        if len(low) != len(high) or low > high:
            raise Invalid(f"{path}.{i}", "not_in_order", "Both ends are equally long, and the first is not behind.")
        spans.append((low, high, i))
    spans.sort()
    for (_, high, _), (low, _, i) in pairwise(spans):
        if low <= high:
            raise Invalid(f"{path}.{i}", "overlapping", "Ranges must not overlap.")


def _fields(places: bool) -> tuple[str, ...]:
    return PLACES if places else ("postcode", *WORDS, *NUMBERS, "custom.<key>")


def _is_field(field: str, places: bool) -> bool:
    if not places and field.startswith("custom.") and len(field) > len("custom."):
        return True
    return field in _fields(places)


def _ops_of(field: str) -> tuple[str, ...]:
    if field in NUMBERS:
        return ("gte", "lte")
    if field == "postcode":
        return ("prefix", "range", "in", "not_in")
    return tuple(OPS) if field.startswith("custom.") else ("in", "not_in", "prefix")


def _known(facts: Facts, field: str) -> Any:
    if field.startswith("custom."):
        return (facts.get("custom") or {}).get(field.removeprefix("custom."))
    return facts.get(field)


def _fulfils(op: str, known: Any, wanted: Any, field: str) -> bool:
    if known is None or known == "":
        return op == "not_in"
    if op in ("gte", "lte"):
        number = _number(known)
        return number is not None and (number >= wanted if op == "gte" else number <= wanted)
    bare = plain if field == "postcode" else str.casefold
    values = [bare(str(one)) for one in (known if isinstance(known, list) else [known])]
    if op == "range":
        return any(_within(one, plain(low), plain(high)) for one in values for low, high in wanted)
    asked = [bare(one) for one in wanted]
    if op == "prefix":
        return any(one.startswith(start) for one in values for start in asked)
    return any(one in asked for one in values) == (op == "in")


def _within(code: str, low: str, high: str) -> bool:
    return low <= code[: len(low)] <= high and len(code) >= len(low)


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _value(value: Any) -> str:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return str(value)
    parts = [one if isinstance(one, str) else " to ".join(one) for one in value]
    return " or ".join(parts[:3]) if len(parts) <= 3 else f"one of {len(parts)}"
