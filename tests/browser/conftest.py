"""Real Chromium, as Debian packs it, for pages on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of the session."""
    assert CHROMIUM.exists(), "these tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        # As root, which .ci/run is, Chromium has no sandbox to run in.
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield opened
        opened.close()
