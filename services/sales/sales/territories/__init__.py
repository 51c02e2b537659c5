"""Which members a new lead is offered to, by where it comes from."""
