"""Quotes: versions, totals to the cent, approval, the customer's link, the document."""
