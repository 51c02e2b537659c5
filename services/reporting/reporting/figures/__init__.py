"""What a figure is made of: counted entries, each of one day, one key and one currency."""
