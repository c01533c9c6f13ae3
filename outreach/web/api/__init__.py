"""What HR systems post: events and outcomes, signed or with a token, each once however often it comes."""
