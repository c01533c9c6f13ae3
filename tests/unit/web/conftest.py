"""A real server over a real database: what the pages are asked for, they are asked over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from outreach import release
from outreach.definitions.model import Web
from outreach.installation import Installation
from outreach.settings import Settings
from outreach.web.app import make_app
from outreach.web.serving import served

#: A Tuesday.
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECRET = "a secret of the tests"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Site:
    """A site that is open, and how to ask it."""

    installation: Installation
    url: str
    clock: Clock

    def ask(self, method: str, path: str, **more) -> requests.Response:
        """One request on a connection of its own, following nothing."""
        return requests.request(method, self.url + path, allow_redirects=False, timeout=10, **more)


Open = Callable[..., Site]


@pytest.fixture
def installation(workspace: Path, database_url: str) -> Iterator[Installation]:
    """The small workspace, published and approved."""
    opened = Installation.open(workspace, Settings(database_url=database_url, secret=SECRET))
    publish(opened)
    yield opened
    opened.close()


def publish(installation: Installation) -> None:
    """What the workspace says now, in force."""
    checked = release.check(installation.root, installation.database)
    assert not checked.problems
    release.publish(installation.database, checked, NOW, "test")
    for name in installation.current()[1].campaigns:
        release.approve(installation.database, name, NOW, "test")


@pytest.fixture
def opening() -> Iterator[Open]:
    """Opens sites, with settings that differ from the usual ones, and closes them after the test."""
    with ExitStack() as stack:

        def opened(installation: Installation, **settings) -> Site:
            web, clock = replace(Web(), **settings), Clock()
            app = make_app(installation, web, clock)
            address = stack.enter_context(served(app, "127.0.0.1:0", web, installation.root))
            return Site(installation, f"http{'s' if web.tls else ''}://{address}", clock)

        yield opened


@pytest.fixture
def site(installation: Installation, opening: Open) -> Site:
    """A site with the usual settings."""
    return opening(installation)
