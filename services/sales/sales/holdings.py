"""What sales holds of a person, and what becomes of it when they are erased: figures stay, nobody is named. Declare
here what a new table holds; tests/contracts/test_holdings.py says what is missing."""

from __future__ import annotations

from chassis.privacy import ERASED, Holding, Holdings, Kept, Via
from sales.agreements.model import Agreement, Signature
from sales.cadence.model import FollowUp
from sales.commissions.model import CommissionBase, CommissionEntry
from sales.competitors.model import DealCompetitor
from sales.credit_notes.model import CreditLine, CreditNote, Refund
from sales.credits.model import DealCredit
from sales.customer_pools.model import Customer
from sales.customers.model import Collaborator, Person
from sales.deals.model import Deal, DealLine, DealTick, StagePassage
from sales.expenses.model import ExpenseApproval, ExpenseLine, ExpenseReceipt, ExpenseReport
from sales.forecasts.model import DealForecast, DealState
from sales.leads.model import Lead, LeadChange, Touch
from sales.members.model import DealMember
from sales.merged.model import MergedPerson
from sales.orders.model import Instalment, Order, OrderLine, Payment, Shipment, ShipmentUpdate
from sales.playbook.model import PlayUse
from sales.pools.model import PoolMove
from sales.quotes.model import Approval, Quote, QuoteLine
from sales.registrations.model import Registration
from sales.scoring.model import DealOutcome, DealScore, LeadOutcome, LeadScore
from sales.stakeholders.model import Stakeholder

_BOOKS = (
    "Commercial and tax law: what was agreed, delivered and charged is kept for ten years, without the person's name."
)
_LEAD = ("name", "email", "phone", "company_name", "message", "country", "postcode", "region", "language")
_PERSON = ("name", "email", "phone", "company_name", "country", "postcode")

HOLDINGS = Holdings(
    Holding(Person, ("id",), clear=dict.fromkeys((*_PERSON, "grade")), identifies=("name", "email", "phone")),
    Holding(Collaborator, ("person_id",), delete=True),
    Holding(
        Lead, ("person_id",), clear=dict.fromkeys(_LEAD) | {"custom": {}, "qualification": {}},
        identifies=("name", "email", "phone"), scrub=("reason", "assignment"),
        withheld=("cadence_choice",),
        plain=("source", "last_source", "status", "territory", "cadence_choice", "product"),
    ),
    Holding(LeadChange, Via("lead_id", Lead), scrub=("reason",), plain=("from_status", "to_status", "cause")),
    Holding(Touch, Via("lead_id", Lead), clear={"utm": {}}, plain=("form_key", "source")),
    Holding(LeadOutcome, Via("lead_id", Lead), plain=("facts", "halfway"), withheld=("facts", "halfway")),
    Holding(LeadScore, Via("lead_id", Lead), withheld=("probability",)),
    Holding(PoolMove, Via("lead_id", Lead), scrub=("reason",), plain=("kind", "rule", "refused")),
    Holding(Customer, ("id",), plain=("kind",)),
    Holding(PoolMove, ("customer_id",), scrub=("reason",), plain=("kind", "rule", "refused")),
    Holding(FollowUp, Via("lead_id", Lead), scrub=("title", "titles"), plain=("state", "channel")),
    Holding(
        Deal, ("person_id",), clear={"contact_name": None, "custom": {}}, identifies=("contact_name",),
        scrub=("name", "next_step", "lost_reason", "hold_reason", "won_reason", "reason_detail"),
        plain=("currency", "status", "priority", "stalled_because", "company_name", "source", "product", "closed_from"),
    ),
    Holding(DealLine, Via("deal_id", Deal), scrub=("description",), plain=("unit",)),
    Holding(DealCompetitor, Via("deal_id", Deal), scrub=("note",), plain=("threat", "outcome")),
    Holding(DealCredit, Via("deal_id", Deal), plain=("kind",)),
    Holding(DealMember, Via("deal_id", Deal), plain=("role", "access")),
    Holding(CommissionBase, Via("deal_id", Deal), plain=("kind", "parts")),
    Holding(
        CommissionEntry, Via("deal_id", Deal), scrub=("reason",), plain=("kind",), withheld=("amount", "base"),
    ),
    Holding(DealForecast, Via("deal_id", Deal), plain=("category",)),
    Holding(DealState, Via("deal_id", Deal), plain=("status", "category")),
    Holding(DealTick, Via("deal_id", Deal), plain=("key",)),
    Holding(PlayUse, Via("deal_id", Deal)),
    Holding(Stakeholder, ("person_id",), delete=True),
    Holding(DealOutcome, Via("deal_id", Deal), plain=("facts", "halfway"), withheld=("facts", "halfway")),
    Holding(DealScore, Via("deal_id", Deal), withheld=("probability",)),
    Holding(StagePassage, Via("deal_id", Deal), plain=("stage", "kind")),
    Holding(
        Quote, ("person_id",), clear={"contact_name": None}, identifies=("contact_name",),
        scrub=("decided_by", "decline_reason", "terms"), plain=("status", "token_hash"), withheld=("base_total",),
        kept=Kept(("number", "currency", "company_name"), _BOOKS),
    ),
    Holding(QuoteLine, Via("quote_id", Quote), scrub=("description",), kept=Kept(("unit",), _BOOKS)),
    Holding(Approval, Via("quote_id", Quote), scrub=("reason", "comment"), plain=("role", "status", "passed")),
    Holding(
        Signature, Via("agreement_id", Agreement), where=Signature.side == "customer", clear={"name": ERASED},
        identifies=("name",), plain=("side", "method", "terms_hash", "document_hash"),
    ),
    Holding(
        Agreement, ("person_id",), scrub=("title", "terms", "end_reason"), plain=("status",),
        kept=Kept(("number", "currency", "company_name"), _BOOKS),
    ),
    Holding(
        Order, ("person_id",), clear={"contact_name": None}, identifies=("contact_name",), scrub=("cancel_reason",),
        plain=("status", "tracking_hash"), kept=Kept(("number", "currency", "company_name"), _BOOKS),
    ),
    Holding(OrderLine, Via("order_id", Order), scrub=("description",)),
    Holding(Shipment, Via("order_id", Order), kept=Kept(("reference", "lines", "carrier"), _BOOKS)),
    Holding(ShipmentUpdate, Via("shipment_id", Shipment), scrub=("note",), plain=("status",)),
    Holding(Instalment, Via("order_id", Order)),
    Holding(Payment, Via("order_id", Order), kept=Kept(("reference",), _BOOKS)),
    Holding(Refund, Via("order_id", Order), kept=Kept(("reference",), _BOOKS)),
    Holding(
        CreditNote, Via("order_id", Order), scrub=("reason",), kept=Kept(("number", "reference", "currency"), _BOOKS),
    ),
    Holding(CreditLine, Via("credit_note_id", CreditNote), scrub=("description",)),
    Holding(
        ExpenseLine, Via("deal_id", Deal), scrub=("description", "receipt"),
        plain=("currency", "allowance_kind", "allowance_code"),
    ),
    Holding(
        ExpenseReport, Via("id", ExpenseLine, "report_id"), scrub=("title",), plain=("status", "currency"),
        kept=Kept(("number", "payment_reference"), _BOOKS),
    ),
    Holding(
        ExpenseReceipt, Via("id", ExpenseLine, "receipt_id"), scrub=("name",), plain=("media_type",),
        kept=Kept(("sha256",), _BOOKS),
    ),
    Holding(ExpenseApproval, Via("report_id", ExpenseReport), scrub=("comment",), plain=("role", "status")),
    Holding(
        Registration, ("person_id",), clear=dict.fromkeys(("contact_name", "contact_email", "contact_phone")),
        identifies=("contact_name", "contact_email", "contact_phone"),
        scrub=("name", "note", "question", "answer", "reason"),
        plain=("number", "status", "company_name", "company_key", "domain", "domains", "currency"),
    ),
    # Rows of theirs that were there twice are kept, until the two are parted, in what followed.
    Holding(MergedPerson, ("old_id", "new_id"), clear={"moved": {}}, withheld=("moved",)),
    apart={
        "cadences": "how leads are followed up",
        "commission_plans": "terms of colleagues' pay",
        "close_reasons": "words to choose from",
        "assignment_rules": "who gets what kind of leads",
        "companies": "enterprises, not people",
        "competitors": "enterprises, not people",
        "custom_fields": "what fields there are; their values go with the person",
        "expense_allowances": "what is paid for days and kilometres",
        "expense_categories": "what money may be spent on",
        "merged_companies": "ids only",
        "lead_reasons": "what reasons there are",
        "number_runs": "numbers",
        "pipelines": "what stages there are",
        "play_editions": "what helps to sell",
        "play_links": "what it is about",
        "play_votes": "colleagues",
        "plays": "what helps to sell",
        "pools": "which teams share what nobody follows up",
        "pool_teams": "ids only",
        "price_books": "prices",
        "product_categories": "the catalogue",
        "products": "the catalogue",
        "reps": "colleagues",
        "stages": "what stages there are",
        "realignment_moves": "ids only; the record's own row is declared",
        "realignments": "regions",
        "rep_availability": "colleagues",
        "reporting_lines": "colleagues",
        "territories": "regions",
        "territory_members": "colleagues",
        "turns": "whose turn it was",
        "work_calendars": "when people work",
    },
)  # fmt: skip
