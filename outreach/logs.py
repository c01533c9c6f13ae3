"""Log lines, as JSON for programs (one object a line: the time, the level, what happened, and its fields) or as text.

Never a person's name or address: nobody hands these to a logger, and of an exception only its kind and place are told,
as its words may quote anybody.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import IO

#: Attributes that every record has; what `extra` added is the rest.
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
#: Our own loggers; others are heard from `INFO` on, and of what they say the first line.
_OURS = "outreach"
_log = logging.getLogger(__name__)


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
            **{name: value for name, value in vars(record).items() if name not in _PLAIN},
        }
        if record.exc_info and record.exc_info[0]:
            line |= _kind_and_place(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """A record as one line for a reader at a terminal, with its fields behind it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        fields = {name: value for name, value in vars(record).items() if name not in _PLAIN}
        if record.exc_info and record.exc_info[0]:
            fields |= _kind_and_place(record.exc_info[1])
        told = "".join(f" {name}={value}" for name, value in fields.items())
        return f"{record.levelname} {record.name}: {_event(record)}{told}"


def begin(form: str, *, verbose: bool = False) -> None:
    """Tell on standard error what happens, as `json` or `text`, or (empty) no more than warnings."""
    level = logging.DEBUG if verbose else logging.INFO
    match form:
        case "json":
            log_as_json(level=level)
        case "text":
            log_as_text(level=level)
        case _:
            log_warnings()


def log_as_json(stream: IO[str] | None = None, level: int = logging.INFO) -> None:
    """Send every log line of this process to `stream` (standard error), as JSON."""
    _log_with(JsonFormatter(), stream, level)


def log_as_text(stream: IO[str] | None = None, level: int = logging.DEBUG) -> None:
    """Send every log line of this process to `stream` (standard error), as text."""
    _log_with(TextFormatter(), stream, level)


def log_warnings() -> None:
    """Where nothing was asked for, warnings alone come to standard error, as text."""
    if logging.lastResort:
        logging.lastResort.setFormatter(TextFormatter())


def counts(report: object) -> dict[str, object]:
    """A dataclass of counts as fields of a log line, those that are zero left out; nothing for anything else."""
    if not is_dataclass(report) or isinstance(report, type):
        return {}
    return {name: value for name, value in asdict(report).items() if value}


def _log_with(formatter: logging.Formatter, stream: IO[str] | None, level: int) -> None:
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.getLogger(_OURS).setLevel(level)
    # What they have to say at each tick, job and attempt to connect nobody needs.
    for chatty, least in (("apscheduler", "WARNING"), ("procrastinate", "WARNING"), ("psycopg.pool", "ERROR")):
        logging.getLogger(chatty).setLevel(least)
    # A log line that cannot be written is shown by Python with all that it was made from.
    logging.raiseExceptions = False
    sys.excepthook = _uncaught
    threading.excepthook = lambda failure: _uncaught(failure.exc_type, failure.exc_value, failure.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """What ended a thread; Python itself would print its words."""
    if error is not None and not issubclass(kind, KeyboardInterrupt):
        _log.critical("a thread ended with a fault", exc_info=(kind, error, trace))


def _event(record: logging.LogRecord) -> str:
    """What happened; libraries describe what they held in their hands on further lines."""
    said = record.getMessage()
    return said if f"{record.name}.".startswith(f"{_OURS}.") else said.partition("\n")[0]


def _kind_and_place(error: BaseException | None) -> dict[str, str]:
    if error is None:
        return {}
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    return {"error": type(error).__name__, "at_line": place}
