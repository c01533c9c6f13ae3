"""Handing over to people who do things by hand: daily lists, on disk.

Below one folder, for each list a folder `<campaign>/<day>-<number>` of its own, with the list as CSV and as a workbook
(`tables`). It appears by one rename, so that it is there whole or not at all, and says after a crash what has left
(`lists`).
"""

from __future__ import annotations

from outreach.delivery.channels.handover.channel import Handover
from outreach.delivery.channels.handover.lists import Lists, Name

__all__ = ["Handover", "Lists", "Name"]
