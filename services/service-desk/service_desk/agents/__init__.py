"""Who can take a ticket: a local copy of the users, and whose turn it is."""
