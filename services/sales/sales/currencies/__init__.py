"""Exchange rates by date, and what amounts come to in the base currency."""
