"""Whom we compete with, and how it ended."""
