"""What sales moves when all that is a colleague's passes to others."""
