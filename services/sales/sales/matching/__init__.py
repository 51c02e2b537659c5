"""Conditions on what is known of a lead or a deal, as rules of assignment and territories state them."""
