"""How long properties are searched for a counter-example."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_WIDER = int(os.environ.get("OUTREACH_TRIALS", "0"))


def trials(usual: int) -> settings:
    """So many cases, or as many as OUTREACH_TRIALS says if that is more."""
    health = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=max(usual, _WIDER), suppress_health_check=health)
