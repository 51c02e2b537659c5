"""All that is known of a customer, in one answer."""
