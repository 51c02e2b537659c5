"""What service a customer is entitled to, and until when."""
