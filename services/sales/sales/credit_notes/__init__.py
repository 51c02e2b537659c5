"""Credit notes: what is owed no more of an order, and what is paid back."""
