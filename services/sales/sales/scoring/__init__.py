"""How likely open deals are to be won, and why."""
