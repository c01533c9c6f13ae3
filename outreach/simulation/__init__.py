"""A year seen ahead: the whole portfolio, day by day, on a copy that is thrown away, with people who respond."""
