"""What every source of returned mails does: it gives each once, and moves none before it is told to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from outreach.delivery.returns.reading import LIMIT, read
from outreach.delivery.returns.sources import open_source
from outreach.delivery.returns.sources.base import Source
from outreach.errors import OutreachError
from tests.contracts.imap import PASSWORD, USER, ImapServer, imap_server, tls_in_front_of
from tests.contracts.servers import unused_port
from tests.unit.delivery.returns.bounces import HARD, SOFT

MAILS = [HARD[0].mail, SOFT[0].mail, b"From: An <an@werk.example>\nSubject: vraag\n\nDag\n"]


@dataclass
class Place:
    """A source that may be opened again and again, and looked into from outside."""

    url: str
    aside: Path
    deliver: Callable[..., None]
    #: Contents of what was settled, left for people, and kept aside.
    settled: Callable[[], list[bytes]]
    others: Callable[[], list[bytes]]
    put_aside: Callable[[], list[bytes]]

    def open(self) -> Source:
        return open_source(self.url, self.aside)

    def given(self) -> list[bytes]:
        source = self.open()
        try:
            return [found.raw.replace(b"\r\n", b"\n") for found in source.mails()]
        finally:
            source.close()


def maildir(folder: Path) -> Place:
    box, aside = folder / "box", folder / "aside"
    for name in ("new", "cur", "tmp"):
        (box / name).mkdir(parents=True)

    def deliver(*mails: bytes) -> None:
        for mail in mails:
            number = len(list(box.glob("*/*")))
            (box / "new" / f"17937{number:05}.M1P2.mx").write_bytes(mail)

    def cur(flags: str) -> list[bytes]:
        return [path.read_bytes() for path in sorted((box / "cur").iterdir()) if path.name.endswith(flags)]

    def kept() -> list[bytes]:
        return [path.read_bytes() for path in sorted(aside.glob("*.eml"))]

    return Place(f"maildir://{box}", aside, deliver, lambda: cur(":2,S"), lambda: cur(":2,"), kept)


def mailbox(server: ImapServer, url: str, folder: Path) -> Place:
    def content(name: str, flag: bytes = b"") -> list[bytes]:
        return [mail.replace(b"\r\n", b"\n") for flags, mail in server.folder(name) if flag in flags]

    return Place(
        url,
        folder,
        server.deliver,
        lambda: content("Outreach settled", b"\\Seen"),
        lambda: content("INBOX", b"\\Flagged"),
        lambda: content("Outreach aside"),
    )


@pytest.fixture(params=["maildir", "imap", "imaps"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "maildir":
        yield maildir(tmp_path)
        return
    with imap_server() as server:
        if request.param == "imap":
            yield mailbox(server, server.url(), tmp_path)
            return
        with tls_in_front_of(server.port) as port:
            yield mailbox(server, server.url(port=port, scheme="imaps"), tmp_path)


def test_it_gives_what_is_new_in_order_and_leaves_it(place: Place) -> None:
    assert place.given() == []
    place.deliver(*MAILS)
    assert place.given() == MAILS
    assert place.given() == MAILS


def test_what_was_put_away_is_not_given_again(place: Place) -> None:
    place.deliver(*MAILS, MAILS[0])
    source = place.open()
    for found, where in zip(source.mails(), ("settled", "aside", "other", "later"), strict=True):
        source.put(found, where)  # type: ignore[arg-type]
    source.close()
    assert place.given() == [MAILS[0]]
    assert (place.settled(), place.put_aside(), place.others()) == ([MAILS[0]], [MAILS[1]], [MAILS[2]])


def test_putting_away_twice_does_no_harm(place: Place) -> None:
    place.deliver(MAILS[0])
    source = place.open()
    (found,) = source.mails()
    source.put(found, "settled")
    source.put(found, "settled")
    source.close()
    assert place.settled() == [MAILS[0]]


def test_a_large_mail_is_read_as_far_as_it_matters(place: Place) -> None:
    place.deliver(MAILS[0] + b"x" * 60 * 100 * 100)
    source = place.open()
    (found,) = source.mails()
    source.close()
    assert len(found.raw) == LIMIT
    assert read(found.raw).kind == "hard"


def test_a_name_says_nothing_about_anybody(place: Place) -> None:
    place.deliver(*MAILS)
    source = place.open()
    assert all("@" not in found.name for found in source.mails())
    source.close()


def test_a_password_may_have_any_letters(tmp_path: Path) -> None:
    with imap_server("geheïm @ 1") as server:
        source = open_source(server.url(password="geheïm @ 1"), tmp_path)
        assert list(source.mails()) == []
        source.close()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"password": "falsch"}, "login"),
        ({"password": "fälsch"}, "login"),
        ({"ca": "/etc/ssl/certs/ca-certificates.crt"}, "TLS failed"),
        ({"port": unused_port()}, "cannot be reached"),
        ({"ca": "/none"}, "cannot be reached"),
    ],
)
def test_what_is_wrong_with_a_mailbox_is_said_without_its_login(change: dict, says: str, tmp_path: Path) -> None:
    with imap_server() as server:
        source = open_source(server.url(**change), tmp_path)
        with pytest.raises(OutreachError) as failure:
            list(source.mails())
        source.close()
    told = str(failure.value)
    assert says in told
    assert not any(secret in told for secret in (USER + "@", PASSWORD, "falsch", "fälsch"))


def test_what_is_no_file_in_a_maildir_is_passed_over(tmp_path: Path) -> None:
    box = tmp_path / "box"
    for name in ("new/folder", "cur", "tmp"):
        (box / name).mkdir(parents=True)
    os.mkfifo(box / "new/pipe")
    (box / "new/nowhere").symlink_to(tmp_path / "none")
    (box / "new/one.eml").write_bytes(b"From: a@b.example\n\nx\n")
    source = open_source(f"maildir://{box}", tmp_path / "aside")
    assert [found.name for found in source.mails()] == ["one.eml"]


def test_a_folder_that_is_no_maildir_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutreachError, match="no maildir"):
        list(open_source(f"maildir://{tmp_path / 'none'}", tmp_path).mails())


@pytest.mark.parametrize(
    "url",
    [
        "", "bounces", "http://u:geheim@host/", "imaps://host/INBOX", "imaps:///INBOX", "imaps://u:geheim@host:port/",
        "imaps://u:geheim@host/?tls=off", "imap://u:geheim@host/?timeout=soon", "imap://u:geheim@host/?timeout=0",
    ],
)  # fmt: skip
def test_a_url_that_cannot_be_read_is_refused_with_what_to_write(url: str, tmp_path: Path) -> None:
    with pytest.raises(OutreachError) as failure:
        open_source(url, tmp_path)
    assert "OUTREACH_BOUNCES_URL" in failure.value.remedy
    assert "geheim" not in str(failure.value)
