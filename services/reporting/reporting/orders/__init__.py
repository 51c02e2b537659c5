"""Orders as the log tells them."""
