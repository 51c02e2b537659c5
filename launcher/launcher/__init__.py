"""Quintet on one machine: the servers it needs, its processes under one supervisor, its tests."""
