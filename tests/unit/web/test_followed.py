"""A measured link leads where the author wrote, is counted by the day, and nothing else leads anywhere."""

from __future__ import annotations

import random
import re
import string
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select

from outreach.delivery.assembling import Assembler
from outreach.delivery.batches import claim
from outreach.rendering.measuring import Measure
from outreach.rendering.previewing import read
from outreach.storage.tables import click, link
from tests.unit.web.conftest import NOW, Site, publish
from tests.unit.web.people import add_delivery, add_person, everything, token

ADDRESS = "https://www.example.org/aanbod?kind=a&amp=b#deel"
OTHER = "https://www.example.org/twee%20drie/%C3%A9"
MEASURE = Measure("news", "news", "nl", "https://sociale-dienst.example")
TODAY = NOW.date()


@pytest.fixture
def workspace(workspace: Path) -> Path:
    """The small workspace, which measures the links of its news."""
    write_news(workspace, f"[Lees meer]({ADDRESS}) of [nog meer]({OTHER}), of [bel](tel:025550100).")
    add_line(workspace / "campaigns/news.yaml", "measure_links: true")
    add_line(workspace / "outreach.yaml", "web: {listen: 127.0.0.1:8080}")
    return workspace


def add_line(file: Path, line: str) -> None:
    file.write_text(f"{file.read_text(encoding='utf-8')}{line}\n", encoding="utf-8")


def write_news(workspace: Path, text: str) -> None:
    head = "---\nsubject: Nieuws\npreheader: Van ons\n---\n"
    (workspace / "templates/news/nl.md").write_text(f"{head}{text} [Hier]({{{{ links.browser }}}})\n", encoding="utf-8")


def path(address: str = ADDRESS) -> str:
    return f"/l/{MEASURE.token(address)}"


def clicks(site: Site) -> dict[tuple[str, date], int]:
    with site.installation.database.reading() as connection:
        rows = connection.execute(select(link.c.address, click.c.day, click.c.clicks).join(click)).all()
    return {(row.address, row.day): row.clicks for row in rows}


def await_clicks(site: Site, expected: dict[tuple[str, date], int]) -> None:
    """Counting goes on behind the answers."""
    end = time.monotonic() + 20
    while (found := clicks(site)) != expected:
        assert time.monotonic() < end, found
        time.sleep(0.01)


def left(site: Site, who: int) -> str:
    """The HTML of the mail that is about to leave to them."""
    add_delivery(site, who, "once", dispatched_at=NOW)
    installation = site.installation
    with installation.database.writing() as connection:
        rows = claim(connection, "sender-1", "outbox", NOW)
    assembler = Assembler(installation.composer, installation.definitions, installation.secret)
    with installation.database.reading() as connection:
        return read(assembler.compose(rows[0], assembler.read(connection, rows), NOW).mail.to_bytes()).html


def test_each_link_in_a_mail_leads_where_its_author_wrote_in_the_browser_too(site: Site) -> None:
    who = add_person(site)
    html = left(site, who)
    found = re.findall(r'href="https://sociale-dienst\.example(/l/[^"]*)"', html)
    assert found == [path(ADDRESS), path(OTHER)]
    answers = [site.ask("GET", one) for one in found]
    assert [(one.status_code, one.headers["Location"]) for one in answers] == [(303, ADDRESS), (303, OTHER)]
    assert 'href="tel:025550100"' in html
    assert 'href="https://www.example.org' not in html
    number = add_delivery(site, who, "again", state="sent", dispatched_at=NOW, sent_at=NOW)
    page = site.ask("GET", f"/b/{token(who, 'browser', str(number))}").text
    assert re.findall(r'example(/l/[^"]*)"', page) == found


def test_a_day_has_one_more_for_each_visit(site: Site) -> None:
    tomorrow = TODAY + timedelta(days=1)
    # Half an hour before midnight in the workspace's own time zone, and half an hour after it.
    for minutes, expected in ((-30, {TODAY: 1}), (-30, {TODAY: 2}), (30, {TODAY: 2, tomorrow: 1})):
        site.clock.now = NOW.replace(hour=23) + timedelta(minutes=minutes)
        site.ask("GET", path())
        await_clicks(site, {(ADDRESS, day): number for day, number in expected.items()})


def test_nothing_is_kept_or_told_on_of_who_follows_it(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    before = everything(site)
    said = {"User-Agent": "Tell-tale/1.0", "Referer": "https://tell.example/tale", "Cookie": "tell=tale"}
    answer = site.ask("GET", f"{path()}?tell=tale", headers=said)
    assert answer.headers["Location"] == ADDRESS
    assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "Set-Cookie" not in answer.headers
    await_clicks(site, {(ADDRESS, TODAY): 1})
    after = everything(site)
    assert {name for name in after if after[name] != before[name]} == {"click"}
    assert after["click"] == [(MEASURE.token(ADDRESS), TODAY, 1)]
    assert "tale" not in caplog.text


def test_who_looks_ahead_is_led_on_and_changes_nothing_not_even_a_count(site: Site) -> None:
    before = everything(site)
    manners = [
        {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"},
        {"X-Moz": "Prefetch"}, {"X-Purpose": "preview"},
    ]  # fmt: skip
    for said in manners:
        assert site.ask("GET", path(), headers=said).headers["Location"] == ADDRESS
    assert site.ask("HEAD", path()).headers["Location"] == ADDRESS
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert site.ask(method, path()).status_code == 405
    # Somebody who follows it comes last, so that the others would be counted by then.
    site.ask("GET", path())
    await_clicks(site, {(ADDRESS, TODAY): 1})
    after = everything(site)
    assert {name for name in after if after[name] != before[name]} == {"click"}


def test_no_other_token_leads_anywhere_or_is_counted(site: Site) -> None:
    draw, before = random.Random(20), everything(site)
    known = MEASURE.token(ADDRESS)
    letters = string.ascii_letters + string.digits + "-_"
    wrong = ["".join(draw.choices(letters, k=draw.choice((1, 21, 22, 22, 23, 60)))) for _ in range(60)]
    for _ in range(60):
        place = draw.randrange(len(known))
        wrong.append(known[:place] + draw.choice(letters.replace(known[place], "")) + known[place + 1 :])
    for part in ("campaign", "message_id", "language"):
        for name in ("welcome", "invitation", "fr", "x"):
            given = {"campaign": "news", "message_id": "news", "language": "nl", part: name}
            wrong.append(Measure(**given, public_url=MEASURE.public_url).token(ADDRESS))
    wrong += [MEASURE.token(address) for address in ("https://evil.example", "", f"{ADDRESS}x", "tel:025550100")]
    wrong += [
        "",
        known[:-1],
        f"{known}=",
        f"{known}/",
        "%00" * 22,
        "é" * 22,
        "https:%2F%2Fevil.example",
        "..%2F" + known,
    ]
    wrong.append(f"{known.swapcase()}?to=https://evil.example")
    for one in wrong:
        answer = site.ask("GET", f"/l/{one}")
        # A path that ends in a slash is led to the one without, here.
        assert answer.headers.get("Location", "").rpartition("/l/")[0] in ("", site.url), one
        assert answer.status_code in (404, 307), one
    assert everything(site) == before
    page = site.ask("GET", "/l/x", headers={"Accept-Language": "fr"})
    assert (page.status_code, "Ce lien ne fonctionne pas" in page.text) == (404, True)


def test_an_old_mail_leads_where_it_did_whatever_was_published_since(site: Site, workspace: Path) -> None:
    write_news(workspace, "[Lees meer](https://www.example.org/nieuw)")
    publish(site.installation)
    assert site.ask("GET", path()).headers["Location"] == ADDRESS
    assert site.ask("GET", path("https://www.example.org/nieuw")).headers["Location"] == "https://www.example.org/nieuw"
    (workspace / "campaigns/news.yaml").write_text(
        (workspace / "campaigns/news.yaml").read_text(encoding="utf-8").replace("measure_links: true\n", "")
    )
    publish(site.installation)
    assert site.ask("GET", path()).headers["Location"] == ADDRESS
    assert "/l/" not in left(site, add_person(site))


@contextmanager
def read_only(site: Site) -> Iterator[None]:
    """The database takes nothing new."""
    engine = site.installation.database.engine
    statement = (
        "PRAGMA query_only = {}" if engine.dialect.name == "sqlite" else "SET default_transaction_read_only = {}"
    )

    def refuse(connection, _record, _proxy) -> None:
        cursor = connection.cursor()
        cursor.execute(statement.format("on"))
        if engine.dialect.name != "sqlite":
            connection.commit()
        cursor.close()

    event.listen(engine, "checkout", refuse)
    yield
    event.remove(engine, "checkout", refuse)
    engine.dispose()


def test_where_nothing_can_be_written_readers_are_led_on_and_counted_later(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with read_only(site):
        for number in range(1, 4):
            assert site.ask("GET", path()).headers["Location"] == ADDRESS
            await_lines(caplog, number)
    assert clicks(site) == {}
    site.ask("GET", path(OTHER))
    await_clicks(site, {(ADDRESS, TODAY): 3, (OTHER, TODAY): 1})


def await_lines(caplog: pytest.LogCaptureFixture, number: int) -> None:
    end = time.monotonic() + 20
    while caplog.text.count("clicks cannot be counted yet") < number:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_no_reader_waits_for_somebody_who_writes_and_all_are_counted(site: Site) -> None:
    with site.installation.database.writing() as connection:
        connection.execute(insert(click).values(link=MEASURE.token(ADDRESS), day=TODAY, clicks=1))
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: site.ask("GET", path()), range(40)))
        assert {one.headers["Location"] for one in answers} == {ADDRESS}
        assert max(one.elapsed for one in answers) < timedelta(seconds=5)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: site.ask("GET", path()), range(40)))
    await_clicks(site, {(ADDRESS, TODAY): 81})


def test_the_page_about_a_message_says_that_its_links_are_counted(site: Site) -> None:
    says = {"nl": "de link is voor iedereen dezelfde", "fr": "le lien est le même pour tout le monde"}
    for number, (language, words) in enumerate(says.items(), 1):
        who = add_person(site, number, language=language)
        assert words in site.ask("GET", f"/a/{token(who, 'about', 'news')}").text
        assert words not in site.ask("GET", f"/a/{token(who, 'about', 'onboarding')}").text
