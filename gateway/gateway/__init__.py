"""Quintet's front door: who may come in, where a request goes, and what is kept of it."""
