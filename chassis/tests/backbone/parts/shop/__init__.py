"""A service made for the tests of the backbone: it makes things and says so."""
