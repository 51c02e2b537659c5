"""All people and companies told of again as they are, for who has not heard of them."""
