"""The people of a deal, and what part each has in the decision."""
