"""What the operator sets: environment variables `OUTREACH_*`, and secrets from files named by `OUTREACH_*_FILE`.

Standard library alone, because every verb reads it first.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from outreach.errors import OutreachError

PREFIX = "OUTREACH_"


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one installation; `OUTREACH_<NAME>_FILE` names a file that holds the value."""

    #: SQLAlchemy URL; empty: SQLite in `var/outreach.db` of the workspace.
    database_url: str = field(
        default="",
        repr=False,
        metadata={
            "says": "where the ledger and the roster are kept: "
            "`sqlite:///path/to/file.db` or `postgresql://user:password@host/name`",
            "default": "`var/outreach.db` in the workspace",
        },
    )
    #: `smtp://user:password@host:587` or `smtps://…`; empty: messages go to the outbox.
    smtp_url: str = field(
        default="",
        repr=False,
        metadata={
            "says": "the mail server: `smtp://user:password@host:587` "
            "(STARTTLS) or `smtps://user:password@host:465` (TLS)",
            "default": "none: messages are kept in the outbox, and none leaves",
        },
    )
    #: `https://host/path`; empty: campaigns that say `channel: webhook` wait.
    webhook_url: str = field(
        default="",
        repr=False,
        metadata={
            "says": "where messages of campaigns with `channel: webhook` are posted: `https://host/path`, with our "
            "settings after a `#`",
            "default": "none: those messages wait until their latest time",
        },
    )
    #: `whsec_…`, or two of them with a space between.
    webhook_secret: str = field(
        default="",
        repr=False,
        metadata={
            "says": "the secret that signs what is posted: `whsec_` and the base64 of 24 to 64 random bytes, the same "
            "at the receiver; two with a space between while one replaces the other",
            "default": "none: nothing is posted",
        },
    )
    #: `whsec_…`, or several of them with a space between.
    events_secret: str = field(
        default="",
        repr=False,
        metadata={
            "says": "the secret with which HR systems sign what they post to `/api/events` and `/api/outcomes`: "
            "`whsec_` and the base64 of 24 to 64 random bytes; several with a space between while one replaces another",
            "default": "none: only what comes with a token is taken",
        },
    )
    #: `source=token`, several with spaces between.
    pull_tokens: str = field(
        default="",
        repr=False,
        metadata={
            "says": "what `roster pull` shows to its sources (`Authorization: Bearer …`): `payroll=TOKEN`, several "
            "with spaces between",
            "default": "none: sources are asked without a token",
        },
    )
    #: `imaps://user:password@host/INBOX` or `maildir:///path`; empty: nobody reads what comes back.
    bounces_url: str = field(
        default="",
        repr=False,
        metadata={
            "says": "where bounces and complaints arrive: `imaps://user:password@host/INBOX` (TLS), `imap://…` "
            "(STARTTLS) or `maildir:///path/to/maildir`; `run` and `serve` read it",
            "default": "none: nobody reads them but `outreach bounces`",
        },
    )
    #: Key of Message-IDs and of suppressed addresses; empty: made once in `var/secret`.
    secret: str = field(
        default="",
        repr=False,
        metadata={
            "says": "a long random text; Message-IDs and suppressed "
            "addresses are keyed by it, so it never changes and every machine has the same one",
            "default": "made once and kept in `var/secret` (mode 0600)",
        },
    )
    #: Folder with `outreach.yaml`; empty: the current folder or the nearest one above it.
    workspace: str = field(
        default="",
        metadata={
            "says": "the folder with `outreach.yaml`; `--workspace` goes before it",
            "default": "the current folder, or the nearest one above it that has an `outreach.yaml`",
        },
    )
    #: Folder of the outbox; empty: `var/outbox` of the workspace.
    outbox: str = field(
        default="",
        metadata={
            "says": "where messages are kept when there is no mail server",
            "default": "`var/outbox` in the workspace",
        },
    )
    #: Folder of the lists for who does things by hand; empty: `var/handover` of the workspace.
    handover: str = field(
        default="",
        metadata={
            "says": "where the daily lists of campaigns with `channel: handover` are written; the same folder on every "
            "machine that runs `run` or `serve`",
            "default": "`var/handover` in the workspace",
        },
    )
    #: Who publishes and approves, as it stands on record.
    user: str = field(
        default="",
        metadata={"says": "the name that goes on record when you publish or approve", "default": "your login name"},
    )
    #: Processes that send at once on this machine.
    processes: int = field(
        default=0,
        metadata={
            "says": "how many processes send at once, when there is much to send",
            "default": "one for each core, at most 4",
        },
    )
    #: `HOST:PORT` at which `serve` and `worker` show metrics and health; empty: nowhere.
    listen: str = field(
        default="",
        metadata={
            "says": "where `serve` and `worker` show `/metrics`, `/healthz` and `/readyz`: `127.0.0.1:9464`, or a port "
            "alone; `--listen` goes before it",
            "default": "nowhere",
        },
    )
    #: `json` or `text`: what is told on standard error beside the answer; empty: each verb's own way.
    log: str = field(
        default="",
        metadata={
            "says": "`json`: every verb tells what happens on standard error, errors too, one JSON object a line; "
            "`text`: the same as plain lines; never a name or an address",
            "default": "`serve` and `worker` tell it as JSON; the other verbs tell nothing but errors",
        },
    )
    #: DKIM selectors of the mail server, with commas between; `doctor` asks for their keys.
    dkim_selectors: str = field(
        default="",
        metadata={
            "says": "the selectors with which your mail server signs (DKIM), with commas between, for `doctor`",
            "default": "`doctor` asks for a few common ones",
        },
    )
    #: Show tracebacks; they may hold personal data.
    debug: bool = field(
        default=False,
        metadata={
            "says": "`1` shows the whole traceback of a fault, which may hold "
            "personal data; never set it where others read along",
            "default": "off",
        },
    )

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Settings from the environment.

        Raises:
            OutreachError: a `_FILE` cannot be read, a value is given both ways, or it is none of those that there are.
        """
        values = {name: _value(environment, variable) for name, variable in variables().items()}
        if values["log"] not in ("", "json", "text"):
            raise OutreachError(f"OUTREACH_LOG is {values['log']!r}", remedy="Set it to json or text, or not at all.")
        typed = {**values, "debug": values["debug"] not in ("", "0", "no", "false"), "processes": _processes(values)}
        return cls(**typed)  # type: ignore[arg-type]  # texts but for these two

    @property
    def senders(self) -> int:
        """How many processes send at once at most."""
        return self.processes or min(len(os.sched_getaffinity(0)), 4)

    @property
    def who(self) -> str:
        """The name that goes on record for what is done now."""
        return self.user or _login()


def variables() -> dict[str, str]:
    """Setting -> environment variable."""
    return {f.name: PREFIX + f.name.upper() for f in fields(Settings)}


def reference() -> list[tuple[str, str, str]]:
    """Variable, what it says, and what holds without it: one row per setting, for the documentation."""
    return [(PREFIX + f.name.upper(), f.metadata["says"], f.metadata["default"]) for f in fields(Settings)]


def unknown(environment: Mapping[str, str]) -> list[str]:
    """One line for each `OUTREACH_*` variable that is none of ours, with its nearest neighbour."""
    known = {name for variable in variables().values() for name in (variable, f"{variable}_FILE")}
    strangers = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    return [f"{name} is set, but there is no such setting{_neighbour(name, known)}" for name in strangers]


def _neighbour(name: str, known: set[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else "."


def _processes(values: Mapping[str, str]) -> int:
    text = values["processes"] or "0"
    if not (text.isascii() and text.isdigit() and int(text) <= 64):
        raise OutreachError(
            "OUTREACH_PROCESSES is not a number of processes", remedy="Write a whole number from 1 to 64."
        )
    return int(text)


def _value(environment: Mapping[str, str], variable: str) -> str:
    direct, path = environment.get(variable, ""), environment.get(f"{variable}_FILE", "")
    if direct and path:
        raise OutreachError(f"{variable} and {variable}_FILE are both set", remedy="Keep one of the two.")
    return _content(Path(path), f"{variable}_FILE") if path else direct


def _content(path: Path, variable: str) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OutreachError(
            f"{variable} names a file that cannot be read: {path} ({type(error).__name__})",
            remedy="Mount the secret there, or correct the path.",
        ) from None
    if not text:
        raise OutreachError(f"{variable} names an empty file: {path}", remedy="Write the secret into it.")
    return text


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user id without a name
        return "unknown"
