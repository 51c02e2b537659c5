"""Web forms: their definition, and the versions of the consent text that they have shown."""
