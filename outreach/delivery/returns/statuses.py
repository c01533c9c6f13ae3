"""Delivery reports (RFC 3464): what became of the recipients, by the fields of the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.utils import parseaddr
from typing import Literal

from outreach.delivery.returns.codes import Code, find_code

Action = Literal["failed", "delayed", "delivered"]

#: Characters of a field.
_VALUE = 2000
#: How an action begins, as some systems add words of their own; `relayed` went on to one that reports nothing.
_ACTIONS: dict[str, Action] = {
    "fail": "failed", "error": "failed", "delay": "delayed", "deliver": "delivered", "relay": "delivered",
    "expand": "delivered",
}  # fmt: skip
#: By the class of the status, where there is no action.
_CLASSES: dict[str, Action] = {"2": "delivered", "4": "delayed", "5": "failed"}


@dataclass(frozen=True, slots=True)
class Status:
    """What a report says of one recipient."""

    action: Action
    code: Code
    #: The mail server's own words.
    words: str
    #: The address that the message was sent to, else the one at which it ended.
    recipient: str = field(default="", repr=False)


def statuses(groups: Iterable[Message]) -> Iterator[Status]:
    """What a report says of each recipient."""
    for group in groups:
        value = _value(group, "status")
        action = _action(_value(group, "action").lower(), value)
        if action:
            words = _value(group, "diagnostic-code")
            code = find_code(words).or_else(find_code(f"{value} "))
            yield Status(action, code, words, _recipient(group))


def _action(text: str, status: str) -> Action | None:
    if not text:
        return _CLASSES.get(status[:1])
    return next((action for begin, action in _ACTIONS.items() if text.startswith(begin)), None)


def _value(group: Message, name: str) -> str:
    return " ".join(str(group.get(name, ""))[:_VALUE].split())


def _recipient(group: Message) -> str:
    for name in ("original-recipient", "x-actual-recipient", "final-recipient"):
        address = parseaddr(_value(group, name).rpartition(";")[2].strip())[1]
        if "@" in address:
            return address
    return ""
