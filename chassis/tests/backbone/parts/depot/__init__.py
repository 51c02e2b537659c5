"""A service made for the tests of the backbone: it hears what the shop says and notes every single call."""
