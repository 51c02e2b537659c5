"""What comes again and again: iCalendar rules, in the time of a place."""
