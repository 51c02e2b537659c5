"""Marketing: web forms, what they bring in, campaigns and what they earn."""
