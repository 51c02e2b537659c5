"""Logging in and out: passwords, sessions, tokens."""
