"""The people and companies of contacts, as far as sales shows them."""
