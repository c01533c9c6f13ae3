"""How long properties are searched for a counter-example."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

#: Random stories told to both planners in an ordinary run.
STORIES = 24
_WIDER = int(os.environ.get("OUTREACH_TRIALS", "0")) / STORIES


def trials(usual: int) -> settings:
    """So many cases, or as many times more as OUTREACH_TRIALS (the number of stories) asks for."""
    health = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=max(usual, round(usual * _WIDER)), suppress_health_check=health)
