"""What colleagues know of a customer that no form asks: habits, pains, objections, influence."""
