"""Death at a named point: functions of a process are wrapped so that it is killed just before or after a call of them.

The program itself has no hooks for this. Some points are the program's own functions; the others are the library's, at
which whatever a program does passes: every commit, and every word to and from the mail server.
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_SMTP = "outreach.delivery.channels.smtp"
#: Name of a point, in the order of the story -> functions that are it, as `module:attribute`.
POINTS: dict[str, tuple[str, ...]] = {
    "recover": ("outreach.delivery.recovery:recover",),
    "bury": ("outreach.delivery.presence:bury",),
    "doubt": ("outreach.delivery.receipts:record_doubt",),
    "plan": ("outreach.planning.plan:plan_due",),
    "dispatch": ("outreach.delivery.dispatch:Dispatch.run",),
    "be known": ("outreach.delivery.presence:beat",),
    "claim": ("outreach.delivery.batches:claim",),
    "compose": ("outreach.delivery.assembling:Assembler.compose",),
    "attempt": ("outreach.delivery.attempts:exchange",),
    "let go": (f"{_SMTP}.line:Line.let_go",),
    "answer": (f"{_SMTP}.dialogue:Dialogue.feed",),
    "record": ("outreach.delivery.receipts:record", "outreach.delivery.attempts:exchange"),
    "advance": ("outreach.delivery.mark:Slot.advance",),
    "mark": ("outreach.delivery.mark:Slot.keep",),
    "leave": ("outreach.delivery.presence:leave",),
    "commit": ("sqlalchemy.engine.default:DefaultDialect.do_commit", "psycopg:Connection.commit"),
    "send": ("socket:socket.send", "socket:socket.sendall", "socket:socket.sendmsg"),
    "receive": ("socket:socket.recv", "socket:socket.recv_into"),
}


@dataclass(frozen=True, slots=True)
class Death:
    """Where and when a process dies."""

    #: Name of a point.
    point: str
    #: Just before the call, or just after it.
    before: bool
    #: At which call, counted from 0.
    after: int


def lie_in_wait(death: Death, points: Mapping[str, tuple[str, ...]] = POINTS) -> None:
    """From now on this process and its group live until then; `points` has the one of the death."""
    left = [death.after]

    def strike() -> None:
        if left[0] == 0:
            os.killpg(os.getpgrp(), signal.SIGKILL)
        left[0] -= 1

    for target in points[death.point]:
        _wrap(target, strike, before=death.before)


def _wrap(target: str, strike: Callable[[], None], *, before: bool) -> None:
    name, _, path = target.partition(":")
    module = importlib.import_module(name)
    *owners, attribute = path.split(".")
    owner = functools.reduce(getattr, owners, module)
    original = getattr(owner, attribute)
    wrapped = _wrapped(original, strike, before=before)
    setattr(owner, attribute, wrapped)
    if owner is module:
        _replace(original, wrapped)


def _wrapped(original: Callable[..., Any], strike: Callable[[], None], *, before: bool) -> Callable[..., Any]:
    @functools.wraps(original)
    def call(*arguments: Any, **named: Any) -> Any:
        if before:
            strike()
        try:
            return original(*arguments, **named)
        finally:
            if not before:
                strike()

    return call


def _replace(original: Callable[..., Any], wrapped: Callable[..., Any]) -> None:
    """Also where it was imported by name."""
    for name, module in list(sys.modules.items()):
        if name.startswith("outreach"):
            for attribute, value in list(vars(module).items()):
                if value is original:
                    setattr(module, attribute, wrapped)
