"""Outcomes: what people did, and what may be told about how many of them there are."""
