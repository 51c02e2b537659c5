"""Records that may be the same person: found, scored, reviewed."""
