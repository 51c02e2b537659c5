"""Leads as the log tells them."""
