"""Customers with an owner in public pools: sales decides who is to have them, contacts owns the owner and answers."""
