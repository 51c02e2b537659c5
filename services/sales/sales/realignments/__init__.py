"""Territories drawn anew: planned, looked at, carried out, taken back."""
