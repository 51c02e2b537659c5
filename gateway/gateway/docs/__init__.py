"""One description of the whole API, and a page to try it."""
