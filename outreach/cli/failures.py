"""What went wrong, in words and as an exit code: 1 the user's to mend, 2 wrong usage, 3 a fault of ours."""

from __future__ import annotations

import errno
import logging
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from outreach.cli.lazy import UnknownVerb
from outreach.cli.output import document
from outreach.errors import DefinitionsError, ExitCode, OutreachError

_log = logging.getLogger(__name__)

#: What a shell expects of a program that Ctrl-C ended: 128 + SIGINT.
INTERRUPTED = 130


class ReaderGone(Exception):  # noqa: N818  no error: whoever read our output has seen enough
    """Whoever read our output stopped reading, as `head` does."""


class Failures:
    """Runs a verb and turns what it raises into an exit code, on the stream that the caller reads."""

    def __init__(self, words: Sequence[str]) -> None:
        """`words` are the arguments as typed: `--json` counts even where they are wrong."""
        self.json = "--json" in words
        #: Whether a word came in bytes that are no text, which Python carries along as surrogates.
        self.is_odd = any("\ud800" <= letter <= "\udfff" for word in words for letter in word)

    def guard(self, verb: Callable[[], Any]) -> int:
        """The exit code of `verb`: what it returns, or what it raised."""
        try:
            code = verb()
            sys.stdout.flush()
        except (BrokenPipeError, ReaderGone):
            return _end_quietly()
        except (click.Abort, KeyboardInterrupt):
            click.echo("Interrupted.", err=True)
            return INTERRUPTED
        except Exception as error:  # noqa: BLE001  the last place where it can become an exit code
            return self._report(error)
        return code if isinstance(code, int) else ExitCode.DONE

    def _report(self, error: Exception) -> int:
        if isinstance(error, OutreachError):
            return self._say(error, error.exit_code)
        if isinstance(error, click.exceptions.NoArgsIsHelpError):
            error.show()
            return ExitCode.USAGE
        if isinstance(error, click.ClickException):
            return self._say(_usage(error), ExitCode.USAGE)
        if isinstance(error, UnicodeEncodeError) and self.is_odd:
            odd = OutreachError(
                "a word of the command is no UTF-8 text", remedy="Type it anew, in a terminal of UTF-8."
            )
            return self._say(odd, ExitCode.USAGE)
        return self._unreachable(error) or self._unwritable(error) or self._fault(error)

    def _say(self, error: OutreachError, code: ExitCode) -> int:
        if self.json:
            click.echo(document(as_document(error)))
        elif _as_json():
            _log.error(error.what, extra={"where": error.where, "remedy": error.remedy})
        else:
            click.echo(f"Error: {error}", err=True)
        return int(code)

    def _unreachable(self, error: Exception) -> int | None:
        """A database that is away, full, locked or damaged is the operator's to mend, and none of our faults."""
        cause = _of_database(error)
        if not cause or os.environ.get("OUTREACH_DEBUG"):
            return None
        remedy = "Is it running, is there room on the disk, and is OUTREACH_DATABASE_URL right?"
        return self._say(
            OutreachError(f"the database did not do what was asked ({cause})", remedy=remedy), ExitCode.USER
        )

    def _unwritable(self, error: Exception) -> int | None:
        """A folder that is not there, a full disk: the user's to mend, wherever it shows."""
        if not isinstance(error, OSError) or error.errno not in _OF_FILES or not isinstance(error.filename, str):
            return None
        if os.environ.get("OUTREACH_DEBUG"):
            return None
        remedy = "Is the folder there, may this user write to it, and is there room on the disk?"
        what = f"a file cannot be read or written: {os.strerror(error.errno)}"
        return self._say(OutreachError(what, where=error.filename, remedy=remedy), ExitCode.USER)

    def _fault(self, error: Exception) -> int:
        if os.environ.get("OUTREACH_DEBUG") not in (None, "", "0"):
            traceback.print_exception(error, file=sys.stderr)
        place = _logged(error)
        return self._say(
            OutreachError(
                f"a fault of ours: {type(error).__name__}",
                remedy=f"Where it happened is written in {place}; send us that file. What was recorded is not lost.",
            ),
            ExitCode.FAULT,
        )


def as_document(error: OutreachError) -> dict[str, Any]:
    """The error as `--json` shows it; problems of definitions stand beside it."""
    body: dict[str, Any] = {"error": {"what": error.what, "where": error.where, "remedy": error.remedy}}
    if isinstance(error, DefinitionsError):
        body["problems"] = list(error.problems)
    return body


def warn(line: str) -> None:
    """Tell what is odd and keeps nobody from going on."""
    if _as_json():
        _log.warning(line)
    else:
        click.echo(f"Warning: {line}", err=True)


def _as_json() -> bool:
    """Whether standard error is read by a program; set up here, as an error may come before any settings are read."""
    if os.environ.get("OUTREACH_LOG") != "json":
        return False
    from outreach.logs import log_as_json

    log_as_json()
    return True


def _usage(error: click.ClickException) -> OutreachError:
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "outreach"
    remedy = f"`{path} --help` tells how it is used."
    if isinstance(error, UnknownVerb) and error.nearest:
        remedy = f"Did you mean `{error.nearest}`?"
    return OutreachError(_in_words(error), remedy=remedy)


def _in_words(error: click.ClickException) -> str:
    """Click's message; of a wrong number in our words, as click says `not a valid integer range`."""
    param = error.param if isinstance(error, click.BadParameter) else None
    if param is None or not isinstance(param.type, click.types.IntParamType):
        return error.format_message()
    least, most = (getattr(param.type, end, None) for end in ("min", "max"))
    limits = f" from {least} to {most}" if most is not None else f", at least {least}" if least is not None else ""
    return f"{param.opts[0]} takes a whole number{limits}."


#: What the world says of a file or a folder, and not what is wrong with our code.
_OF_FILES = frozenset(
    (
        errno.ENOENT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR, errno.EISDIR,
        errno.EEXIST, errno.ELOOP, errno.ENAMETOOLONG, errno.EMFILE,
    )
)  # fmt: skip

#: Starts of SQLite's messages that speak of files and locks, and quote nobody.
_OUTER_CAUSES = (
    "database is locked",
    "unable to open database file",
    "disk I/O error",
    "database or disk is full",
    "attempt to write a readonly database",
    "file is not a database",
    "database disk image is malformed",
)


def _of_database(error: Exception) -> str:
    """What the database complains of, where that is not a statement of ours; else empty."""
    from sqlalchemy.exc import DatabaseError, InternalError, OperationalError

    if not isinstance(error, DatabaseError) or error.orig is None:
        return ""
    message = str(error.orig)
    if message.startswith(_OUTER_CAUSES):
        return message.splitlines()[0]
    # PostgreSQL's says that the connection was refused or lost, or that it may only be read; its words may hold a name.
    is_outer = isinstance(error, OperationalError | InternalError)
    is_remote = is_outer and type(error.orig).__module__.startswith("psycopg")
    return type(error.orig).__name__ if is_remote else ""


def _end_quietly() -> int:
    """Nothing is wrong, but nothing more can be written."""
    # Python flushes stdout once more when it ends; into nowhere, or it would complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return int(ExitCode.DONE)


def _logged(error: Exception) -> Path:
    """The file in which the fault is now described: frames and types, no messages, as those may quote people."""
    lines = [f"{datetime.now(UTC).isoformat(timespec='seconds')} {type(error).__name__}\n"]
    lines += [
        f"  {frame.filename}:{frame.lineno} in {frame.name}\n" for frame in traceback.extract_tb(error.__traceback__)
    ]
    path = Path(tempfile.gettempdir()) / f"outreach-faults-{os.getuid()}.log"
    with path.open("a", encoding="utf-8") as file:
        file.writelines(lines)
    return path
