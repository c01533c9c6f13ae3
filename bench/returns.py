"""Damaged mails by the hundred thousand: no exception, no bounce made of what is none, and how long reading takes.

    .venv/bin/python bench/returns.py --trials 200000

The mails are those of tests/unit/delivery/returns, made up in the forms of many mail systems; each is damaged by a
seed, so that a failure can be repeated.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from outreach.delivery.returns.reading import read
from tests.unit.delivery.returns.bounces import BLOCKED, HARD, SOFT
from tests.unit.delivery.returns.mutating import mutated
from tests.unit.delivery.returns.others import COMPLAINTS, NO_BOUNCES

SAMPLES = [*HARD, *SOFT, *BLOCKED, *COMPLAINTS, *NO_BOUNCES]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=200_000)
    trials = parser.parse_args().trials
    kinds: Counter[str] = Counter()
    wrong, seconds = [], []
    for seed in range(trials):
        sample = SAMPLES[seed % len(SAMPLES)]
        mail = mutated(sample.mail, seed)
        began = time.thread_time()
        found = read(mail)
        seconds.append(time.thread_time() - began)
        kinds[found.kind] += 1
        if found.kind == "hard" and sample in NO_BOUNCES:
            wrong.append((sample.name, seed))
    seconds.sort()
    print(
        f"{trials:,} damaged mails of {len(SAMPLES)} forms: "
        + ", ".join(f"{n:,} {kind}" for kind, n in kinds.most_common())
    )
    print(
        f"milliseconds: median {seconds[trials // 2] * 1e3:.2f}, p99 {seconds[trials * 99 // 100] * 1e3:.2f}, "
        f"longest {seconds[-1] * 1e3:.1f}"
    )
    print(f"hard bounces made of what is none: {len(wrong)} {wrong[:10]}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
