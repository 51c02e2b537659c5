"""What the public posts to the forms."""
