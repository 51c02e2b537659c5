"""Notes about people, companies and what happened with them."""
