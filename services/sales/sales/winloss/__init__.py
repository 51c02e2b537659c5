"""Why deals are won and lost."""
