"""The few columns of the companies of contacts that tickets show: their names, and whose they are."""
