"""For tests and measurements: histories that could have happened."""
