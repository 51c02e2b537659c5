"""Signing keys and the access tokens that are signed with them."""
