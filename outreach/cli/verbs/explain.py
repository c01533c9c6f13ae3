"""`outreach explain`: why a person gets something, or does not."""
