"""A message in files where somebody can look at it: as a web page, as text, and as a mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import click

#: Where a verb writes them.
out = click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Where to; else var/preview of the workspace."
)


@dataclass(frozen=True, slots=True)
class Preview:
    """One message, in the files where it can be looked at."""

    step: str
    language: str
    reminder: int
    subject: str
    html: Path
    text: Path
    eml: Path


def files(content: bytes, folder: Path, name: str, step: str, reminder: int) -> Preview:
    """Write a mail in the three forms."""
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    folder.mkdir(parents=True, exist_ok=True)
    paths = {kind: folder / f"{name}.{kind}" for kind in ("html", "txt", "eml")}
    paths["eml"].write_bytes(content)
    for kind, subtype in (("html", "html"), ("txt", "plain")):
        part = mail.get_body((subtype,))
        paths[kind].write_text(part.get_content() if part else "", encoding="utf-8")
    language = str(mail["Content-Language"] or "")
    return Preview(step, language, reminder, str(mail["Subject"]), paths["html"], paths["txt"], paths["eml"])


def show(made: Iterable[Preview]) -> None:
    """Tell somebody where they are."""
    for one in made:
        click.echo(f"{one.step} ({one.language}): {one.subject}\n  {one.html}\n  {one.text}\n  {one.eml}")
