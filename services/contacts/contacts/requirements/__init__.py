"""Which built-in fields a new record must have, by the door that it comes by."""
