"""Contracts with customers: terms, signatures, renewal."""
