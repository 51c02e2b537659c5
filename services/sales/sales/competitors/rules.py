"""What can be said of a competitor in a deal."""

from __future__ import annotations

THREATS = ("low", "medium", "high")
OUTCOMES = ("beaten", "lost_to", "withdrew")
