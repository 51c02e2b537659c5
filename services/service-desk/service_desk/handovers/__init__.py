"""What the desk gives to others when all that is a colleague's passes on."""
