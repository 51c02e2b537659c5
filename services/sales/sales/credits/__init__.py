"""Who is credited with a deal, and with how much of it."""
