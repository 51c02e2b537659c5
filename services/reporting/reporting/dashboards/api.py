"""Routes of the dashboards."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.http import Api
from reporting.dashboards.overview import overview
from reporting.dashboards.schema import OverviewOut, PeriodQuery

api = Api("dashboards", scope="reporting")


@api.get("/dashboards/overview", query=PeriodQuery, returns=OverviewOut)
def show_overview(session: Session, query: dict[str, Any]) -> dict[str, Any]:
    """The figures of the business, of all time or of a period.

    They are those of what the caller reaches: all, the team's, the caller's own, a partner's. Campaigns are shown to
    those who reach all. Days are UTC days; amounts of different currencies are never added up.
    """
    return overview(session, **query)
