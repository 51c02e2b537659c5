"""What is said in a ticket: public replies, what the customer writes, internal notes."""
