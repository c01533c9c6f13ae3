"""Processes that die as soon as they are born, and what keeps starting them: `python mortals.py`."""

from __future__ import annotations

import sys

from outreach.logs import log_as_json
from outreach.service import processes


def die(_pipe: object) -> None:
    sys.exit(3)


if __name__ == "__main__":
    log_as_json()
    processes._FIRST = 0.05
    processes.keep(1, die)
    print("clean")
