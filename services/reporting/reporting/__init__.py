"""The log of every event of the platform, and the figures folded from it."""
