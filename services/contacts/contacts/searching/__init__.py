"""What people are found by, beside them; it follows imports."""
