"""The pages for recipients, as people with all kinds of eyes and hands meet them (WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from outreach.definitions.model import Web
from outreach.installation import Installation
from outreach.rendering.links import Answer
from outreach.roster.choices import declined
from outreach.settings import Settings
from outreach.web.app import make_app
from outreach.web.serving import served
from tests.browser.axe import faults
from tests.chaos.amounts import amount
from tests.databases import SQLiteTemplates
from tests.hostile import browsing
from tests.unit.web.conftest import NOW, SECRET, Clock, Site, publish
from tests.unit.web.people import add_delivery, add_person, token

pytestmark = pytest.mark.debian

#: Each link of the mails at least once.
VISITS = amount(70, 250)
LANGUAGES = {"nl": 1, "fr": 2, "en": 3, "de": 4}
#: A day whose links no longer work.
LONG_AGO = date(2025, 1, 1)
#: As long as a name gets.
LONG = "Sociale Dienst voor het Personeel van de Gemeenschappen, Gewesten en Gemeenten".ljust(80, "x")

#: How many elements hide a part of what they hold.
CUT_OFF = """[...document.querySelectorAll('main *')].filter(
    e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX != 'visible').length"""
#: Numbers the controls in the order in which they stand; radio buttons of one name are one stop, at the chosen one, and
#: a day has three.
CONTROLS = """(() => {
    const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden])')];
    const stops = all.filter(e => e.type != 'radio' || e.checked);
    stops.forEach((e, number) => e.dataset.number = number);
    return stops.flatMap((e, number) => Array(e.type == 'date' ? 4 : 1).fill(number));
})()"""
#: The number of the control that the keyboard is at, and whether it can be seen; the button in a day and the links
#: of a mail have a ring of the browser's own.
FOCUSED = """(() => {
    const at = document.activeElement, style = getComputedStyle(at);
    const own = style.outlineStyle != 'none' && parseFloat(style.outlineWidth) >= 2;
    const shows = own || style.outlineStyle == 'auto';
    return [Number(at.dataset.number ?? -1), shows || (at.type == 'date' && !at.matches(':focus-visible'))];
})()"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Iterator[Site]:
    installation = Installation.open(sample, Settings(secret=SECRET))
    publish(installation)
    web = Web(requests_per_minute=1_000_000)
    clock = Clock()
    with served(make_app(installation, web, clock), "127.0.0.1:0", web, sample) as address:
        opened = Site(installation, f"http://{address}", clock)
        for language, number in LANGUAGES.items():
            who = add_person(opened, number, language=language, first_name="Z" * 80)
            facts = {"campaign": "welcome", "step": "welcome", "state": "sent", "sent_at": NOW}
            assert add_delivery(opened, who, "entry-1", **facts) == number
        yield opened
    installation.close()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example workspace with German and a name of 80 characters."""
    from outreach import starter

    root = tmp_path_factory.mktemp("sample") / "workspace"
    starter.copy(root)
    path = root / "outreach.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("nl: Sociale Dienst Vlaams Personeel", f"nl: {LONG}", 1)
    text = text.replace("languages: [nl, fr, en]", "languages: [nl, fr, en, de]")
    path.write_text(text, encoding="utf-8")
    return root


def pages(number: int) -> dict[str, tuple[str, str | None]]:
    """Name -> where it is, and what to press to come to it."""
    stop, choices, about = (token(number, purpose) for purpose in ("unsubscribe", "choices", "about"))
    answer = token(number, "answer", Answer(number, "infosession-registered").topic)
    old = token(number, "choices", on=LONG_AGO)
    return {
        "stop": (f"/u/{stop}", None),
        "stopped": (f"/u/{stop}", "button"),
        "choices": (f"/c/{choices}", None),
        "saved": (f"/c/{choices}", "form >> nth=0 >> button"),
        "called": (f"/c/{choices}", "form >> nth=1 >> button"),
        "about": (f"/a/{about}", None),
        "asked": (f"/a/{about}", "button >> nth=0"),
        "answer": (f"/r/{answer}", None),
        "answered": (f"/r/{answer}", "button"),
        "unsaid": (f"/r/{answer}", "button"),
        "message": (f"/b/{token(number, 'browser', str(number))}", None),
        "gone": (f"/b/{token(number, 'browser', '0')}", None),
        "old": (f"/c/{old}", None),
        "renewed": (f"/c/{old}", "button"),
        "missing": ("/u/nothing", None),
    }


def opened(browser: Browser, width: int = 768, **more) -> BrowserContext:
    return browser.new_context(viewport={"width": width, "height": 900}, **more)


def go(page: Page, site: Site, where: str, press: str | None) -> None:
    page.goto(site.url + where)
    if press and page.locator(press).count():
        page.locator(press).click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_page_at_any_width_by_day_or_night(
    browser: Browser, site: Site, language: str
) -> None:
    # axe itself is a script: for it alone the policy of the pages is passed by.
    context = opened(browser, bypass_csp=True, locale=language)
    page = context.new_page()
    for name, (where, press) in pages(LANGUAGES[language]).items():
        go(page, site, where, press)
        assert list(faults(page)) == [], name
    context.close()


def test_nothing_comes_from_elsewhere_nothing_runs_and_nothing_is_large(browser: Browser, site: Site) -> None:
    context = opened(browser)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for where, press in pages(1).values():
        go(page, site, where, press)
        assert len(page.content()) < 100_000
        assert page.locator("script").count() == 0
    assert all(url.startswith(site.url) for url in asked)
    assert [line for line in said if "404" not in line and "410" not in line and "favicon" not in line] == []
    assert context.cookies() == []


def test_a_browser_that_runs_scripts_and_follows_every_link_changes_nothing(
    tmp_path: Path, sqlite_templates: SQLiteTemplates
) -> None:
    url = str(sqlite_templates.place(tmp_path / "outreach.db").url)
    assert browsing.trial(tmp_path / "browsing", url, 1, VISITS).violations == []


def test_without_a_script_and_by_keyboard_alone_choices_are_made(browser: Browser, site: Site) -> None:
    who = add_person(site, 50)
    context = opened(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/c/{token(who, 'choices')}")
    first = page.locator("input[name=topic]").first.get_attribute("value")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    while page.locator("button:focus").count() == 0:
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_by_role("status").count() == 1
    context.close()
    with site.installation.database.reading() as connection:
        assert declined(connection, [who]) == {(who, first)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_twice_as_large_nothing_is_cut_off(browser: Browser, site: Site, language: str) -> None:
    context = opened(browser, width=1280 // 2, device_scale_factor=2)
    page = context.new_page()
    for name, (where, press) in pages(LANGUAGES[language]).items():
        go(page, site, where, press)
        assert page.evaluate("0 + document.documentElement.scrollWidth") <= 640, name
        assert page.evaluate(CUT_OFF) == 0, name
    context.close()


def test_every_control_is_reached_by_keyboard_in_turn_and_shows_it(browser: Browser, site: Site) -> None:
    context = opened(browser)
    page = context.new_page()
    for name, (where, press) in pages(1).items():
        go(page, site, where, press)
        controls = page.evaluate(CONTROLS)
        for number in controls:
            page.keyboard.press("Tab")
            reached, shows = page.evaluate(FOCUSED)
            assert (reached, shows) == (number, True), f"{name}: {number} of {len(controls)}"
    context.close()
