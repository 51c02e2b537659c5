"""Campaigns as the log tells them."""
