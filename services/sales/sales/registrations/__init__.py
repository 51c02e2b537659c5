"""Deals that partners register, and how long the customer is theirs alone."""
