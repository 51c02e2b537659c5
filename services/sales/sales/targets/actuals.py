"""What was won in a period and not credited since, by rep, team, pipeline and category: the database counts, however
many deals there are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, null, or_, select
from sqlalchemy.orm import Session, aliased

from sales.credits.shares import KEPT, REP, SHARE, TEAM, kept_of, shared
from sales.deals.model import Deal, DealLine
from sales.periods import Period
from sales.products.model import Category, Product
from sales.targets.rules import Won

# In the base currency, for those amounts stand in the index that the deals are counted by.
_LEFT = or_(Deal.base_credited == 0, Deal.base_credited < Deal.base_amount)


def won(session: Session, period: Period, by_category: bool, *conditions: ColumnElement[bool]) -> list[Won]:
    """The won deals that were closed in a period, less what was credited of them, summed up: one statement, and another
    with their lines where categories are asked for. A deal counts as one while something of it is left."""
    begin, end = period.instants
    closed = Deal.status == "won", Deal.closed_at >= begin, Deal.closed_at < end
    amount = SHARE * func.coalesce(KEPT, 0)
    whole = _rep_columns(null(), amount).where(*closed, *conditions)
    found = [Won(*row) for row in session.execute(_summed(whole))]
    if by_category:
        found += [Won(*row) for row in session.execute(_summed(_by_category(closed, conditions)))]
    return found


def lines_by_category(*closed: ColumnElement[bool]) -> Any:
    """Of each such deal what its lines of a category came to in the deal's currency, those of the categories under it
    included: a subquery of deal_id, category_id, amount."""
    tree = select(Category.id.label("id"), Category.id.label("above")).cte("tree", recursive=True)
    child = aliased(Category)
    tree = tree.union_all(select(child.id, tree.c.above).join(tree, child.parent_id == tree.c.id))
    return (
        select(DealLine.deal_id, tree.c.above.label("category_id"), func.sum(DealLine.amount).label("amount"))
        .join(Deal, Deal.id == DealLine.deal_id)
        .join(Product, Product.id == DealLine.product_id)
        .join(tree, tree.c.id == Product.category_id)
        .where(*closed)
        .group_by(DealLine.deal_id, tree.c.above)
        .subquery("lines")
    )


def _by_category(closed: tuple[ColumnElement[bool], ...], conditions: tuple[ColumnElement[bool], ...]) -> Select[Any]:
    lines = lines_by_category(*closed)
    amount = SHARE * func.coalesce(kept_of(lines.c.amount), 0)
    return _rep_columns(lines.c.category_id, amount).join(lines, lines.c.deal_id == Deal.id).where(*conditions)


def _rep_columns(category: Any, amount: Any) -> Select[Any]:
    return shared(
        REP.label("rep_id"), TEAM.label("team_id"), category.label("category_id"), Deal.pipeline_id,
        amount.label("amount"), case((_LEFT, SHARE), else_=0).label("share"),
    )  # fmt: skip


def _summed(shares: Select[Any]) -> Select[Any]:
    one = shares.subquery()
    keys = one.c.rep_id, one.c.team_id, one.c.category_id, one.c.pipeline_id
    return select(*keys, func.sum(one.c.amount), func.sum(one.c.share)).group_by(*keys)
