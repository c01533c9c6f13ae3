"""A mail server: which one (`server`), talking to it (`session`), and several sessions side by side (`channel`)."""

from __future__ import annotations

from outreach.delivery.channels.smtp.channel import Smtp

__all__ = ["Smtp"]
