"""The HTTP door of sales."""

from __future__ import annotations

from flask import Flask

import sales.handovers.model  # noqa: F401 - a table without routes
from chassis.db import Database
from chassis.http import service_app
from sales.agreements.api import api as agreements
from sales.approvals.api import api as approvals
from sales.assignment.api import api as assignment
from sales.base import SERVICE
from sales.cadence.api import api as cadences
from sales.commissions.api import api as commissions
from sales.competitors.api import api as competitors
from sales.credit_notes.api import api as credit_notes
from sales.credits.api import api as credits
from sales.currencies.api import api as currencies
from sales.customer_pools.api import api as customer_pools
from sales.deals.api import api as deals
from sales.expenses.api import api as expenses
from sales.forecasts.api import api as forecasts
from sales.lead_reasons.api import api as lead_reasons
from sales.leads.api import api as leads
from sales.members.api import api as members
from sales.orders.api import api as orders
from sales.pipelines.api import api as pipelines
from sales.playbook.api import api as playbook
from sales.pools.api import api as pools
from sales.products.api import api as products
from sales.quotes.api import api as quotes
from sales.realignments.api import api as realignments
from sales.registrations.api import api as registrations
from sales.reps.api import api as reps
from sales.scoring.api import api as scoring
from sales.scoring.api import of_leads as lead_scoring
from sales.stakeholders.api import api as stakeholders
from sales.targets.api import api as targets
from sales.territories.api import api as territories
from sales.winloss.api import api as winloss

APIS = [
    leads, lead_reasons, cadences, pools, customer_pools, territories, realignments, assignment, reps, pipelines, deals,
    stakeholders, members, credits, competitors, winloss, orders, credit_notes, currencies, products, quotes,
    agreements, scoring, lead_scoring, targets, forecasts, commissions, playbook, expenses, registrations,
    approvals,
]  # fmt: skip


def create_app(database: Database | None = None) -> Flask:
    """The application that gunicorn runs."""
    return service_app(SERVICE, apis=APIS, database=database)
