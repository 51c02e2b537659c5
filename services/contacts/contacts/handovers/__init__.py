"""All that is a colleague's passes to others, in one call."""
