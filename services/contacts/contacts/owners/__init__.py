"""Whose a customer is."""
