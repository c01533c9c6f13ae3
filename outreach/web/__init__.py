"""The HTTP side of `serve`: pages for recipients, doors for machines. Loaded by `serve` alone."""
