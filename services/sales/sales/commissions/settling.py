"""Keep what reps earn equal to what counts: each change of a deal is followed by entries of the difference."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import money
from sales.commissions import rules
from sales.commissions.counting import Base, counting
from sales.commissions.ledger import book
from sales.commissions.model import CommissionBase, CommissionEntry, CommissionPlan
from sales.deals.model import Deal
from sales.locks import hold
from sales.periods import Period
from sales.settings import settings
from sales.targets.actions import fiscal
from sales.targets.attainment import sought
from sales.targets.rules import Key


class Group(NamedTuple):
    """What is worked out together: all that counts for a rep by a plan in a period."""

    rep_id: UUID
    plan_id: UUID
    begins_on: Any


def settle(session: Session, deal_ids: Sequence[UUID], reason: str | None = None) -> int:
    """Book what these deals change for anybody; how many entries. Whatever happened to them, and however often this is
    called: what counts now is worked out from how they stand, and only a difference is booked."""
    locked = select(Deal).where(Deal.id.in_(deal_ids)).order_by(Deal.id).with_for_update(key_share=True)
    deals = session.scalars(locked.execution_options(populate_existing=True)).all()
    held = select(CommissionBase).where(CommissionBase.deal_id.in_([deal.id for deal in deals]))
    known: dict[UUID, list[CommissionBase]] = {}
    for base in session.scalars(held):
        known.setdefault(base.deal_id, []).append(base)
    wanted = {deal.id: counting(session, deal) for deal in deals}
    before = [(one.rep_id, one.plan_id) for bases in known.values() for one in bases]
    after = [(one.rep_id, one.plan_id) for bases in wanted.values() for one in bases]
    hold(session, *(f"commission {rep_id} {plan_id}" for rep_id, plan_id in before + after))
    return sum(_settle(session, deal, known.get(deal.id, []), wanted[deal.id], reason) for deal in deals)


def work_out(session: Session, group: Group, deal_id: UUID | None, kind: str | None, reason: str | None) -> int:
    """Book what a group is due beyond what is booked for it. The caller holds the rep's plan."""
    plan = session.get_one(CommissionPlan, group.plan_id)
    days = fiscal(plan.period, group.begins_on)
    parts, currency = _parts(session, group), settings().currency
    due = rules.due(terms(plan), parts, _target(session, group.rep_id, days), currency)
    mine = CommissionEntry.owner_id == group.rep_id, CommissionEntry.plan_id == plan.id
    booked = select(func.coalesce(func.sum(CommissionEntry.amount), 0))
    by_rule = CommissionEntry.earned_for == days.begin, CommissionEntry.kind != "adjustment"
    delta = due - (session.scalar(booked.where(*mine, *by_rule)) or Decimal(0))
    if not delta:
        return 0
    base = money.total((part.amount for part in parts), currency)
    book(session, group.rep_id, plan, days, delta, kind or "correction", base=base, deal_id=deal_id, reason=reason)
    return 1


def terms(plan: CommissionPlan) -> rules.Terms:
    """A plan's terms, as the rules take them."""
    return rules.Terms(
        plan.mode,
        [(Decimal(tier["above"]), Decimal(tier["percent"])) for tier in plan.tiers],
        {rate["category_id"]: Decimal(rate["percent"]) for rate in plan.product_rates},
        plan.accelerator, plan.floor, plan.cap,
    )  # fmt: skip


def _settle(session: Session, deal: Deal, known: list[CommissionBase], wanted: list[Base], reason: str | None) -> int:
    lessened = bool(known and deal.base_credited)
    before = {(one.rep_id, one.kind): one for one in known}
    after = {(one.rep_id, one.kind): one for one in wanted}
    kinds: dict[Group, str] = {}
    for key, old in before.items():
        new = after.get(key)
        if new is None or _figures(new) != _figures(old):
            goes = new is None or (lessened and new.amount < old.amount)
            kinds[Group(old.rep_id, old.plan_id, old.begins_on)] = "reversed" if goes else "correction"
            session.delete(old)
    session.flush()
    for key, new in after.items():
        old_one = before.get(key)
        if old_one is None or _figures(new) != _figures(old_one):
            group = Group(new.rep_id, new.plan_id, new.begins_on)
            if group not in kinds:
                kinds[group] = "earned"
            elif not lessened:
                kinds[group] = "correction"
            session.add(CommissionBase(deal_id=deal.id, **new._asdict()))
    session.flush()
    return sum(work_out(session, group, deal.id, kind, reason) for group, kind in sorted(kinds.items(), key=str))


def _figures(base: Base | CommissionBase) -> tuple[Any, ...]:
    return base.plan_id, base.begins_on, base.amount, base.parts


def _parts(session: Session, group: Group) -> list[rules.Part]:
    counted = select(CommissionBase.amount, CommissionBase.parts).filter_by(**group._asdict())
    return [
        rules.Part(row.amount, {category: Decimal(amount) for category, amount in row.parts.items()})
        for row in session.execute(counted)
    ]


def _target(session: Session, rep_id: UUID, days: Period) -> Decimal | None:
    found = sought(session, days, "amount")[0].get(Key("rep", rep_id, None, None))
    return found.value if found else None
