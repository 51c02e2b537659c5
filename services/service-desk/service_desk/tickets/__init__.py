"""Tickets: what a customer asked for, who has it in hand, and in which state it is."""
