"""The one kind of failure a user is meant to read."""


class Refusal(Exception):
    """Something ./quintet cannot do here; its text is one line that says what to do about it."""
