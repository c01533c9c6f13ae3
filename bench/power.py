#!/usr/bin/env python3
"""Power cuts while it sends: on each disk that one would leave behind it is started again, and what left is counted.

    .venv/bin/python bench/power.py [--cuts 500] [--people 300] [--senders 2] [--outbox] [--seed 0]

Needs strace and Debian's postfix (for smtp-sink). Ends with 1 where a message was forgotten, lost or sent twice.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.power_trial import try_outbox, try_smtp


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=500)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--senders", type=int, default=1)
    parser.add_argument("--outbox", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        if options.outbox:
            report = try_outbox(Path(folder), options.people, options.cuts, options.seed)
        else:
            report = try_smtp(Path(folder), options.people, options.cuts, options.seed, options.senders)
    print(*report.violations, sep="\n")
    print(
        f"{report.cuts:,} power cuts in {time.perf_counter() - began:,.0f} s: {report.doubts:,} doubts, "
        f"{len(report.violations):,} violations"
    )
    sys.exit(1 if report.violations else 0)


if __name__ == "__main__":
    main()
