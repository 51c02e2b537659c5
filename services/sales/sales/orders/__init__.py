"""Orders placed from won deals."""
