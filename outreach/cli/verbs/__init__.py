"""The verbs, one module for each or for a family of them."""
