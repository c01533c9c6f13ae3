"""The links that one message has, for each person: what templates look up of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from outreach.rendering import names, quoting
from outreach.rendering.links import PURPOSES, Answer, Purpose, Signer
from outreach.rendering.specialise import TOKEN


class _Link(NamedTuple):
    """One link, but for its token."""

    sign: Callable[[int, str, date], str]
    #: What its token is about, by the delivery's id; None: the topic.
    about: Callable[[int], str] | None
    #: Names under which templates look for the token, encoded, and for the whole link; empty where none does.
    token: str
    whole: str
    #: What stands before the token.
    start: str


class Links:
    """The links of one message, made ready: `used` are the names that its templates look up."""

    def __init__(self, signers: Mapping[Purpose, Signer], used: frozenset[str], topic: str, base_url: str) -> None:
        self._topic = topic
        self._unsubscribe = signers["unsubscribe"].sign
        self._links = [_link(signers[purpose], used, name, about, base_url) for purpose, name, about in _wanted(used)]

    def add(self, values: dict[str, Any], delivery: int, person: int, day: date) -> str:
        """Put a person's links into the values. Returns the token that stops the topic, which the head has as well."""
        unsubscribe = self._unsubscribe(person, self._topic, day)
        for sign, about, token, whole, start in self._links:
            if sign == self._unsubscribe:
                signed = unsubscribe
            else:
                signed = sign(person, about(delivery) if about else self._topic, day)
            if token:
                values[token] = quoting.encoded(signed)
            if whole:
                values[whole] = start + signed
        return unsubscribe


def _wanted(used: frozenset[str]) -> Iterable[tuple[Purpose, str, Callable[[int], str] | None]]:
    """Purpose, name and subject of each link that is looked up."""
    linked = frozenset(
        name.removeprefix(start) for name in used for start in (TOKEN, names.LINK) if name.startswith(start)
    )
    for purpose in PURPOSES:
        if purpose in linked:
            yield purpose, purpose, str if purpose == "browser" else None
    for outcome in names.answers(linked):
        yield "answer", names.answer(outcome), partial(_answer, outcome)


def _answer(outcome: str, delivery: int) -> str:
    return Answer(delivery, outcome).topic


def _link(signer: Signer, used: frozenset[str], name: str, about: Callable[[int], str] | None, base_url: str) -> _Link:
    token, whole = TOKEN + name, names.LINK + name
    return _Link(
        sign=signer.sign,
        about=about,
        token=token if token in used else "",
        whole=whole if whole in used else "",
        start=f"{base_url}/{names.path(name)}/",
    )
