"""What can wait for somebody's yes."""

from __future__ import annotations

from sales.expenses.model import ExpenseReport
from sales.quotes.model import Quote
from sales.registrations.model import Registration

Record = Quote | ExpenseReport | Registration
KIND_OF: dict[type[Record], str] = {Quote: "quote", ExpenseReport: "expense_report", Registration: "registration"}
