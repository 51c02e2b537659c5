"""Deals: their way through the stages of a pipeline, won or lost."""
