"""Rendering: from Markdown, MJML and a person's facts to the bytes that leave. Pure: no database, no clock."""
