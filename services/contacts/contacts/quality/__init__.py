"""How good the records are: complete, fresh, entered in time."""
