"""Tickets with their service levels and surveys, as the log tells them."""
