"""Service levels: policies, calendars, the clocks of a ticket and the timer that watches them."""
