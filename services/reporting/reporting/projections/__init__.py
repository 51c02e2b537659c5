"""States and counters folded from the log, by the projector as it grows and by a rebuild from the start."""
