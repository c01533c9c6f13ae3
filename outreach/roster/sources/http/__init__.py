"""People from an HTTP API: page by page as JSON, from the address that was checked and from no other."""
