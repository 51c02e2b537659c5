"""Territories: a tree with conditions, and members with roles."""
