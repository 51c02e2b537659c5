"""Roles: which scopes their holders have, and how far they reach."""
