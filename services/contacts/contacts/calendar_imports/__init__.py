"""Calendars of other programs (iCalendar, RFC 5545) taken over: once, and again when they have changed."""
