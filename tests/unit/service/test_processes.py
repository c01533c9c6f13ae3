from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("mortals.py")


def test_a_process_that_keeps_dying_is_waited_for_longer_each_time_and_none_is_left_at_the_end() -> None:
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(
        [sys.executable, str(PROGRAM)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stderr
        begun, *deaths = [json.loads(process.stderr.readline()) for _ in range(4)]
        process.terminate()
        rest, log = process.communicate(timeout=20)
    assert (begun["event"], begun["processes"]) == ("working", 1)
    assert {(line["event"], line["code"]) for line in deaths} == {("a process died", 3)}
    assert [line["again_in_seconds"] for line in deaths] == [0.05, 0.1, 0.2]
    assert (process.returncode, rest) == (0, "clean\n")
    assert [json.loads(line)["event"] for line in log.splitlines()][-2:] == ["ending", "ended"]
    assert not any(Path(f"/proc/{line['pid']}").exists() for line in deaths)
