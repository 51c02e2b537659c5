"""What lies in each territory, and in all below it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import money
from chassis.access import visible
from sales.deals.model import Deal
from sales.leads.model import Lead
from sales.leads.rules import OPEN
from sales.settings import settings
from sales.territories.model import Territory

_SUMS = ("leads", "deals", "amount")


def branches(session: Session) -> list[dict[str, Any]]:
    """The tree, each territory before those below it: open leads and deals within reach that carry it. Three
    queries."""
    none = money.nothing(settings().currency)
    leads = visible(select(Lead.territory_id, func.count()).where(Lead.status.in_(OPEN)), Lead)
    amount = func.coalesce(func.sum(Deal.base_amount), none)
    deals = visible(select(Deal.territory_id, func.count(), amount).where(Deal.status == "open"), Deal)
    led = {row[0]: row[1] for row in session.execute(leads.group_by(Lead.territory_id))}
    dealt = {row[0]: (row[1], row[2]) for row in session.execute(deals.group_by(Deal.territory_id))}
    rows = session.execute(select(Territory.id, Territory.name, Territory.parent_id).order_by(*_ORDER)).all()
    children: dict[UUID | None, list[Any]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    found: list[dict[str, Any]] = []

    def add(row: Any, depth: int) -> dict[str, Any]:
        count, amount = dealt.get(row.id, (0, none))
        own = {"leads": led.get(row.id, 0), "deals": count, "amount": amount}
        branch = {"id": row.id, "name": row.name, "parent_id": row.parent_id, "depth": depth}
        branch |= own | {f"own_{name}": own[name] for name in _SUMS}
        found.append(branch)
        for child in children.get(row.id, ()):
            below = add(child, depth + 1)
            branch |= {name: branch[name] + below[name] for name in _SUMS}
        return branch

    for root in children.get(None, ()):
        add(root, 0)
    return found


_ORDER = (Territory.position, Territory.id)
