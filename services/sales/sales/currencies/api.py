"""Routes of exchange rates."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.http import Answer, Api, Resource
from sales.currencies import actions, schema
from sales.currencies.model import ExchangeRate


def _set(session: Session, data: dict[str, Any]) -> Answer:
    rate, new = actions.set_rate(session, data)
    return Answer(rate, 201 if new else 200)


api = Api("currencies", scope="sales")
api.add(
    Resource(
        ExchangeRate,
        path="exchange-rates",
        read=schema.RateOut,
        create=schema.RateIn,
        update=schema.RatePatch,
        filters=("currency", "valid_from"),
        sorts=("valid_from",),
        on_create=_set,
        create_also=(200,),
        on_update=actions.change_rate,
    )
)


@api.get("/convert", query=schema.ConvertQuery, returns=schema.ConvertOut, errors=(422,))
def convert(session: Session, query: dict[str, Any]) -> dict[str, Any]:
    """An amount in another currency, by the rates of a day."""
    return actions.convert(session, **query)
