"""The kinds of relationships, how each reads from either end, and the tree of who reports to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis.errors import Invalid

REPORTS_TO, WORKS_AT = "reports_to", "works_at"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a relationship reads from its other end (`inverse`; a symmetric one reads the same), and between what it may
    be: `person`, `company`, or either (None)."""

    inverse: str
    of: str | None = None
    to: str | None = None


KINDS: dict[str, Kind] = {
    REPORTS_TO: Kind("manages", "person", "person"),
    WORKS_AT: Kind("employs", "person", "company"),
    "assistant_of": Kind("assisted_by", "person", "person"),
    "spouse_of": Kind("spouse_of", "person", "person"),
    "relative_of": Kind("relative_of", "person", "person"),
    "friend_of": Kind("friend_of", "person", "person"),
    "decision_maker_of": Kind("decided_by", "person", "company"),
    "board_member_of": Kind("governed_by", "person", "company"),
    "shareholder_of": Kind("owned_by", None, "company"),
    "advisor_of": Kind("advised_by"),
    "referred": Kind("referred_by"),
    "supplier_of": Kind("supplied_by"),
    "agent_of": Kind("represented_by"),
    "partner_of": Kind("partner_of"),
    "competitor_of": Kind("competitor_of"),
}


def check_ends(kind: str, ends: Mapping[str, Any]) -> None:
    """A relationship is between two, each a person or a company as its kind allows. Invalid otherwise."""
    wanted = {"from": KINDS[kind].of, "to": KINDS[kind].to}
    for end, what in wanted.items():
        given = [one for one in ("person", "company") if ends.get(f"{end}_{one}_id")]
        if len(given) != 1:
            raise Invalid(f"{end}_{what or 'person'}_id", "required", f"Name one {what or 'person or company'}.")
        if what and given[0] != what:
            raise Invalid(f"{end}_{given[0]}_id", "not_allowed", f"The {end} of {kind} is a {what}.")
    if all(ends.get(f"from_{one}_id") == ends.get(f"to_{one}_id") for one in ("person", "company")):
        raise Invalid("to_person_id" if ends.get("to_person_id") else "to_company_id", "self_reference",
                      "Nobody is in a relationship with themselves.")  # fmt: skip


def check_span(since: date | None, until: date | None) -> None:
    """A relationship does not end before it begins. Invalid otherwise."""
    if since and until and until < since:
        raise Invalid("until", "out_of_range", "It ends before it begins.")


def read_as(kind: str, *, outward: bool) -> str:
    """How a relationship reads from its `from` (outward) or its `to` end."""
    return kind if outward else KINDS[kind].inverse


def as_chart(nodes: Mapping[Any, dict[str, Any]], managers: Mapping[Any, Any]) -> dict[str, list[dict[str, Any]]]:
    """`nodes` hung under their managers as `reports`, by name; `unplaced` are those above and below whom there is
    nobody. Somebody in a circle, which merges can bring about, is at the top."""
    hung = {id_: node | {"reports": []} for id_, node in nodes.items()}
    tops = []
    for id_, node in sorted(hung.items(), key=lambda pair: pair[1]["name"]):
        manager = managers.get(id_)
        if manager in hung and not _circles(id_, managers):
            hung[manager]["reports"].append(node)
        else:
            tops.append(id_)
    placed = [id_ for id_ in tops if hung[id_]["reports"] or managers.get(id_)]
    return {
        "chart": [hung[id_] for id_ in placed],
        "unplaced": [hung[id_] for id_ in tops if id_ not in set(placed)],
    }


def _circles(id_: Any, managers: Mapping[Any, Any]) -> bool:
    """Whether whoever is followed upward comes back to where it began."""
    seen, above = {id_}, managers.get(id_)
    while above is not None and above not in seen:
        seen.add(above)
        above = managers.get(above)
    return above == id_
