"""Deals and the stages they stand in, as the log tells them."""
