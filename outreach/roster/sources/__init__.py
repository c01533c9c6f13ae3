"""Where a roster comes from: each source turns bytes into a `Sheet` of texts, and knows nothing of people."""
