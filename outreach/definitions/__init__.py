"""Definitions: YAML and Markdown become campaigns, segments, offers and messages."""
