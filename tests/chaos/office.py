"""An installation of the sample workspace from nothing, by the command line alone, with a newsletter for everybody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from outreach.cli.app import outreach

#: When all is made ready, and when the newsletter is due.
READY, DUE = "2026-11-02T10:00", "2026-11-03T09:00"


@dataclass(frozen=True)
class Office:
    """Where the workspace stands, and how the program is called there."""

    workspace: Path
    #: OUTREACH_* variables.
    settings: Mapping[str, str] = field(default_factory=dict)

    def call(self, *words: str, under: Sequence[str] = ()) -> Any:
        """What a verb answers; `under` is a command that runs it."""
        done = subprocess.run(
            [*under, sys.executable, "-P", "-m", "outreach", *words, "--json"],
            env=_clean() | {"OUTREACH_WORKSPACE": str(self.workspace), **self.settings},
            stdout=subprocess.PIPE,
            check=False,
        )
        assert done.returncode == 0, f"outreach {' '.join(words)} ended with {done.returncode}: {done.stdout.decode()}"
        return json.loads(done.stdout)

    def call_here(self, *words: str) -> tuple[int, Any]:
        """The same in this process, which has everything imported: exit code, and what it answers or complains of."""
        settings = {"OUTREACH_WORKSPACE": str(self.workspace), **self.settings}
        done = CliRunner(env={name: None for name in os.environ if name.startswith("OUTREACH_")} | settings).invoke(
            outreach, [*words, "--json"]
        )
        return done.exit_code, done.output if done.exit_code else json.loads(done.stdout)

    def found(self, addresses: Iterable[str]) -> None:
        """The workspace, and HR's file with a person for each address."""
        self.call("init", str(self.workspace))
        header = "person_id,status,first_name,last_name,email,language,hired_on"
        rows = (f"P{number},active,An,Peeters,{one},nl,2015-01-01" for number, one in enumerate(addresses))
        (self.workspace / "staff.csv").write_text("\n".join([header, *rows, ""]))

    @property
    def opening(self) -> Sequence[Sequence[str]]:
        """The verbs up to the moment before the newsletter is due."""
        at = ("--at", READY)
        return (
            ("publish", *at),
            ("roster", "import", str(self.workspace / "staff.csv"), *at),
            ("approve", "newsletter", *at),
        )

    @property
    def sending(self) -> Sequence[str]:
        """The verb with which it leaves."""
        return ("run", "--at", DUE)


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("OUTREACH_")}
