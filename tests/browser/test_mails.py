"""The mails of the example workspace, as people with all kinds of eyes and screens read them (WCAG 2.2 AA)."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from outreach.definitions.model import Definitions
from tests.browser.axe import faults
from tests.browser.mails import definitions_of, mails

pytestmark = pytest.mark.debian

#: They are about whole pages; a mail is shown as a part of the page of a mail program, which has its own landmarks.
OF_PAGES = ("landmark-one-main", "region")


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return definitions_of(Path(__file__).parents[2])


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_axe_finds_nothing_on_any_mail_at_any_width_by_day_or_night(
    browser: Browser, definitions: Definitions, language: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    seen = 0
    for name, html in mails(definitions, language):
        page.set_content(html)
        assert list(faults(page, OF_PAGES)) == [], name
        seen += 1
    context.close()
    assert seen > 20


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_a_mail_to_somebody_with_a_long_name_is_no_wider_than_a_phone_and_no_larger_than_gmail_shows(
    browser: Browser, definitions: Definitions, language: str
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 900})
    page = context.new_page()
    for name, html in mails(definitions, language, first_name="Z" * 80):
        page.set_content(html)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
        assert len(html.encode()) < 102_000, name
    context.close()
