"""The figures, read from the counters."""
