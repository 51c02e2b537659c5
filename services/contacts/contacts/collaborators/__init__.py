"""Who else works with a customer: read, write or owner, until when."""
