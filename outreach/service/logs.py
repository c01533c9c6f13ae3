"""Log lines as JSON, one object a line: the time, the level, what happened, and its fields; never a person's name or
address, which nobody hands to a logger.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import IO

#: Attributes that every record has; what `extra` added is the rest.
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON; of an exception only its kind and place, as its words may hold personal data."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _PLAIN},
        }
        if record.exc_info and record.exc_info[0]:
            line |= _kind_and_place(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def log_as_json(stream: IO[str] | None = None, level: int = logging.INFO) -> None:
    """Send every log line of this process to `stream` (standard error), as JSON."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # What it has to say at each tick nobody needs.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def _kind_and_place(error: BaseException | None) -> dict[str, str]:
    if error is None:
        return {}
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    return {"error": type(error).__name__, "at_line": place}
