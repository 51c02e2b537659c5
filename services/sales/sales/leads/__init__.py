"""Leads: from the first touch to the deal."""
