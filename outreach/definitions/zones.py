"""Time zones by their names in the world's list."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from outreach.definitions.refusal import RefusedError, advice, shown


def read_zone(name: str) -> str:
    """The name of a time zone.

    Raises:
        RefusedError: there is none of that name.
    """
    # The set is read from disk: only when somebody mistyped.
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise RefusedError(
            f"there is no time zone {shown(name)}", advice(name, available_timezones(), "time zones")
        ) from None
    return name
