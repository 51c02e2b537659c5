"""People and companies of contacts that became one, and what names them here."""
