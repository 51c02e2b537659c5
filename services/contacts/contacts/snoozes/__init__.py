"""To be reminded again later, of a task or an appointment."""
