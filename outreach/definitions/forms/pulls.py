"""The form of `roster: {pulls: …}` in `outreach.yaml`: where people are asked for over HTTP."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import ONE_OR_MORE, Form, whole
from outreach.definitions.model import Pull
from outreach.definitions.refusal import RefusedError, shown


def _source_url(text: str) -> str:
    try:
        parts = urlsplit(text.strip())
        is_one = parts.scheme in ("https", "http") and bool(parts.hostname) and "@" not in parts.netloc
        _ = parts.port
    except ValueError:
        is_one = False
    if not is_one or not text.strip().isascii() or any(letter.isspace() for letter in text.strip()) or parts.fragment:
        raise RefusedError(
            f"{shown(text)} is no address of a source",
            "Write it as `https://hr.example/api/people`; a token goes into OUTREACH_PULL_TOKENS.",
        )
    return text.strip()


def _network(text: str) -> str:
    try:
        return str(ip_network(text.strip()))
    except ValueError:
        raise RefusedError(
            f"{shown(text)} is no network", "Write an address, or a network whose host bits are zero: `10.0.0.0/8`."
        ) from None


_MEMBER = kinds.of(kinds.read_line, "a member of the answer", "data.people")


class PullForm(Form):
    """A source that is asked for its people, page by page, as JSON."""

    url: Annotated[str, kinds.of(_source_url, "an address", "https://hr.example/api/people", format="uri")] = Field(
        description="The first page."
    )
    items: Annotated[str, _MEMBER] = Field(
        "", description="The member that holds the people, with full stops between; the answer itself where not said."
    )
    next: Annotated[str, _MEMBER] = Field(
        "", description="The member that holds the address of the next page; the header `Link` where not said."
    )
    total: Annotated[str, _MEMBER] = Field(
        "", description="The member that says how many people there are: fewer on the pages, and nothing is taken."
    )
    at: Annotated[list[kinds.Time], ONE_OR_MORE] = Field(
        [], description="Local times at which `run` and `serve` pull it; only when asked where not said."
    )
    allow: Annotated[
        list[Annotated[str, kinds.of(_network, "an address or a network", "10.0.0.0/8")]], ONE_OR_MORE
    ] = Field(
        [], description="Networks of your own that it may be in; else only public addresses are asked.",
        examples=[["10.20.0.0/16"]],
    )  # fmt: skip
    pages: Annotated[int, whole(1, 100_000)] = Field(1000, description="Most pages.")
    megabytes: Annotated[int, whole(1, 1000)] = Field(100, description="Most megabytes, all pages together.")
    seconds: Annotated[int, whole(1, 7200)] = Field(600, description="Most seconds, all pages together.")


def build_pull(form: PullForm) -> Pull:
    """The noun of a form."""
    return Pull(
        url=form.url, items=form.items, next=form.next, total=form.total, at=tuple(sorted(form.at)),
        allow=tuple(form.allow), pages=form.pages, megabytes=form.megabytes, seconds=form.seconds,
    )  # fmt: skip
