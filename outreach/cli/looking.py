"""A message in files where somebody can look at it: as a web page, as text, as a mail, and as a list has it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import click

from outreach.rendering.mail import Line

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
    #: What a list says of it; None where it goes into none.
    list: Path | None = None


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


def on_list(preview: Preview, line: Line) -> Preview:
    """Write beside it what a list says of it: each column and what stands in it."""
    path = preview.eml.with_suffix(".list.txt")
    path.write_text("".join(f"{name}:{_shown(value)}\n" for name, value in line.cells), encoding="utf-8")
    return replace(preview, list=path)


def _shown(value: str) -> str:
    return "".join(f"\n  {row}" for row in value.splitlines()) if "\n" in value else f" {value}".rstrip()


def show(made: Iterable[Preview]) -> None:
    """Tell somebody where they are."""
    for one in made:
        # Who works from a list sees no layout of a mail.
        paths = [one.list] if one.list else [one.html, one.text, one.eml]
        click.echo("\n  ".join((f"{one.step} ({one.language}): {one.subject}", *map(str, paths))))
