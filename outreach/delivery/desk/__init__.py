"""The desk: people who do by hand what was handed over to them, and say what came of it."""
