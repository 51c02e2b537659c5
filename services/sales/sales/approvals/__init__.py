"""Whose yes something waits for: who is asked, how they learn of it, and what they may see for it."""
