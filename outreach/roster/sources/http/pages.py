"""Walking through the pages of a source: all of them, or an error; never a part that looks like the whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests import Response

from outreach.definitions.model import Pull
from outreach.errors import OutreachError
from outreach.roster.reading import Record

#: Seconds to wait before each attempt after the first.
_WAITS = (1.0, 4.0, 15.0)
#: Longest wait that a source may ask for, and for which one answer may be silent.
_PATIENCE, _SILENCE = 60.0, 30.0
#: Answers after which it is tried again.
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
_BLOCK = 1 << 16
#: Members inside members that become columns (`name.family`).
_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a source said."""

    #: None: nothing has changed since it was asked last.
    people: list[Record] | None
    #: By which the next one asks for what is new; empty where the source has none, or several pages.
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Means:
    """How to ask, and what to wait by."""

    session: requests.Session
    #: Bearer token for the source; empty: none.
    token: str
    #: Seconds that have passed, from some moment on.
    elapsed: Callable[[], float]
    sleep: Callable[[float], None]
    #: Whether to come to an end.
    stop: Callable[[], bool] = lambda: False


def pull(wanted: Pull, means: Means, etag: str = "") -> Pulled:
    """Everybody whom a source knows.

    Raises:
        OutreachError: it cannot be reached or read, is at an address that may not be asked, sends elsewhere, says more
            than it may, or fewer people than it told.
    """
    walk = _Walk(wanted, means)
    people: list[Record] = []
    url, told, last = wanted.url, None, ""
    for page in range(wanted.pages):
        answer = walk.get(url, etag if page == 0 else "")
        if answer is None:
            return Pulled(None, etag)
        body, headers = answer
        people += _people(body, wanted)
        told = _total(body, wanted) if page == 0 else told
        last = headers.get("ETag", "") if page == 0 else ""
        following = _next(body, headers, wanted)
        if not following:
            _refuse_part(told, len(people), wanted)
            return Pulled(_even(people), last)
        url = _same_origin(urljoin(url, following), wanted)
    raise _error(wanted, f"it has more than {wanted.pages} pages", "Raise `pages` of this pull, or look at `next`.")


class _Walk:
    """The limits that hold for all pages together."""

    def __init__(self, wanted: Pull, means: Means) -> None:
        self._wanted = wanted
        self._means = means
        self._bytes = 0
        self._began = means.elapsed()

    def get(self, url: str, etag: str) -> tuple[Any, Any] | None:
        """What a page says, with its headers; None: it has not changed."""
        for wait in (*_WAITS, None):
            try:
                answer = self._ask(url, etag)
                said = None if answer.status_code in (304, *_LATER) else self._read(answer)
            except (requests.RequestException, OSError) as error:
                self._again(wait, f"it cannot be reached ({type(error).__name__})")
                continue
            if answer.status_code in _LATER:
                asked = answer.headers.get("Retry-After", "")
                self._again(max(wait, float(asked)) if wait and asked.isdecimal() else wait,
                            f"it answers {answer.status_code}")  # fmt: skip
                continue
            return None if answer.status_code == 304 else (said, answer.headers)
        raise AssertionError  # the last wait is None, which raises

    def _ask(self, url: str, etag: str) -> Response:
        headers = {"Accept": "application/json", "User-Agent": "Outreach"}
        if self._means.token:
            headers["Authorization"] = f"Bearer {self._means.token}"
        if etag:
            headers["If-None-Match"] = etag
        return self._means.session.get(url, headers=headers, timeout=_SILENCE, allow_redirects=False, stream=True)

    def _again(self, wait: float | None, why: str) -> None:
        if wait is None:
            raise _error(self._wanted, why, "Is it up, and is `url` of this pull right? Nothing was changed.")
        self._in_time(wait)
        self._means.sleep(min(wait, _PATIENCE))

    def _in_time(self, more: float = 0.0) -> None:
        if self._means.stop():
            raise _error(self._wanted, "it was told to end", "The next run pulls it again.")
        if self._means.elapsed() - self._began + more > self._wanted.seconds:
            raise _error(self._wanted, f"it takes more than {self._wanted.seconds} seconds", "Raise `seconds`.")

    def _read(self, answer: Response) -> Any:
        if answer.is_redirect or answer.status_code // 100 == 3:
            raise _error(self._wanted, "it sends elsewhere, and no redirect is followed", "Write the last address.")
        if answer.status_code != 200:
            raise _error(self._wanted, f"it answers {answer.status_code}", "Does it know the token of this source?")
        try:
            return json.loads(b"".join(self._blocks(answer)).decode())
        except (ValueError, RecursionError):
            raise _error(self._wanted, "what it says is not JSON", "Is `url` of this pull right?") from None

    def _blocks(self, answer: Response) -> Iterator[bytes]:
        for block in answer.iter_content(_BLOCK):
            self._bytes += len(block)
            if self._bytes > self._wanted.megabytes * 1_000_000:
                raise _error(self._wanted, f"it says more than {self._wanted.megabytes} MB", "Raise `megabytes`.")
            self._in_time()
            yield block


def _error(wanted: Pull, why: str, remedy: str) -> OutreachError:
    # The host alone: what follows it may hold a key.
    return OutreachError(f"the roster was not pulled: {why}", where=urlsplit(wanted.url).hostname or "", remedy=remedy)


def _member(body: Any, path: str) -> Any:
    if not path:
        return body
    return reduce(lambda said, name: said.get(name) if isinstance(said, dict) else None, path.split("."), body)


def _people(body: Any, wanted: Pull) -> list[Record]:
    found = _member(body, wanted.items)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        where = f"in `{wanted.items}`" if wanted.items else "in it"
        raise _error(wanted, f"there is no list of people {where}", "Name the member that holds them in `items`.")
    return [dict(_columns(one)) for one in found]


def _columns(said: dict[str, Any], before: str = "", depth: int = _DEPTH) -> Iterator[tuple[str, object]]:
    """Members as columns, those inside others with full stops; lists are no facts of a roster."""
    for name, value in said.items():
        if isinstance(value, dict) and depth:
            yield from _columns(value, f"{before}{name}.", depth - 1)
        elif not isinstance(value, (list, dict)):
            yield before + name, value


def _even(people: list[Record]) -> list[Record]:
    """Everybody with the same columns: whoever lacks one has an empty cell there."""
    names = dict.fromkeys(name for one in people for name in one)
    return [{name: one.get(name) for name in names} for one in people]


def _total(body: Any, wanted: Pull) -> int | None:
    if not wanted.total:
        return None
    told = _member(body, wanted.total)
    if not isinstance(told, int) or isinstance(told, bool):
        raise _error(wanted, f"there is no number in `{wanted.total}`", "Correct `total` of this pull.")
    return told


def _refuse_part(told: int | None, found: int, wanted: Pull) -> None:
    if told is not None and told != found:
        raise _error(wanted, f"it tells of {told} people and names {found}", "Ask again; nothing was changed.")


def _next(body: Any, headers: Any, wanted: Pull) -> str:
    if wanted.next:
        following = _member(body, wanted.next)
        return following if isinstance(following, str) else ""
    links = requests.utils.parse_header_links(headers.get("Link", ""))
    return next((link["url"] for link in links if link.get("rel") == "next"), "")


def _same_origin(url: str, wanted: Pull) -> str:
    if _origin(url) != _origin(wanted.url):
        raise _error(wanted, "its next page is elsewhere", "Only pages of the same host and port are asked.")
    return url


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", None, None
