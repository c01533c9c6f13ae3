#!/usr/bin/env python3
"""The newsletter to many people through a real Postfix, one in a hundred of whom is unknown there, and what comes back.

    .venv/bin/python bench/postfix.py [--people 45000]

Needs Debian's postfix and root: it starts two of its own, on loopback, in a temporary folder. Ends with 1 where
somebody got it twice or not at all, or where something that came back was not settled.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.postfix_trial import try_postfix


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=45_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = try_postfix(Path(folder), options.people)
    print(*report.violations, sep="\n")
    print(
        f"{report.delivered:,} delivered once each; {report.returned:,} came back and were settled in "
        f"{report.reading:.0f} s; {report.refused:,} refused at once; handed over in {report.sending:.0f} s "
        f"({options.people / report.sending:,.0f}/s), all in their mailboxes after {report.resting:.0f} s; "
        f"{len(report.violations):,} violations"
    )
    sys.exit(1 if report.violations else 0)


if __name__ == "__main__":
    main()
