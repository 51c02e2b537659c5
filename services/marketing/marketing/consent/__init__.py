"""A copy of who consented to what, kept from the events of contacts."""
