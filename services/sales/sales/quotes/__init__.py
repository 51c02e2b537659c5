"""Quotes: versions, exact totals, approval, the customer's link, the document."""
