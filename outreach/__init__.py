"""Outreach: campaigns that help people find what they are entitled to."""

__version__ = "0.1.0"
