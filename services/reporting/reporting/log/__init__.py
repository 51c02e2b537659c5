"""Every event of every service once, in one order that never changes, proven to be without holes."""
