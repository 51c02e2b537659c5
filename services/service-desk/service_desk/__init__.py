"""Quintet's service desk."""
