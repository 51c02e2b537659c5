"""Who gets a lead: rules in order, each with a strategy; who is there to take it; whose turn it is."""
