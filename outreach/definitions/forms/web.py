"""The form of `web:` in `outreach.yaml`: where `serve` shows its pages, and what a request may cost."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import ONE_OR_MORE, Form, whole
from outreach.definitions.forms.texts import Lines
from outreach.definitions.model import Web
from outreach.definitions.refusal import RefusedError, shown
from outreach.errors import OutreachError
from outreach.sockets import Address


def _listen(text: str) -> str:
    try:
        return str(Address.parse(text))
    except OutreachError:
        raise RefusedError(f"{shown(text)} is no address to listen on", "Write it as `127.0.0.1:8080`.") from None


def _network(text: str) -> str:
    try:
        return str(ip_network(text.strip()))
    except ValueError:
        raise RefusedError(
            f"{shown(text)} is no network", "Write an address, or a network whose host bits are zero: `10.0.0.0/8`."
        ) from None


_NETWORK = kinds.of(_network, "an address or a network", "10.0.0.0/8")
_PATH = kinds.of(kinds.read_line, "a path", "/etc/outreach/site.pem")


_DEFAULT = Web()


class TlsForm(Form):
    """Files in PEM for who has no proxy that encrypts; relative to the workspace."""

    certificate: Annotated[str, _PATH] = Field(description="The certificate, with those of its issuers behind it.")
    key: Annotated[str, _PATH] = Field(description="Its key, without a password.")


class WebForm(Form):
    """The pages of `outreach serve`, at `public_url`."""

    listen: Annotated[str, kinds.of(_listen, "an address to listen on", "127.0.0.1:8080")] = Field(
        "", description="Where `serve` shows the pages behind the links in messages: nowhere where not said."
    )
    trusted_proxies: Annotated[list[Annotated[str, _NETWORK]], ONE_OR_MORE] = Field(
        [],
        description="Reverse proxies whose word (`X-Forwarded-For`, `X-Forwarded-Proto`) says who asks, and whether by "
        "https.",
        examples=[["127.0.0.1", "10.0.0.0/8"]],
    )
    tls: TlsForm | None = Field(None, description="Encrypt here; leave it out where a proxy does.")
    body_limit: Annotated[int, whole(1, 100_000)] = Field(1000, description="Most kilobytes that a request may carry.")
    requests_per_minute: Annotated[int, whole(1, 1_000_000)] = Field(
        600,
        description="Most requests in a minute from one address (of IPv6: one network of 64 bits). Following measured "
        "links, and stopping a topic by the button of a mail program, are allowed 30,000 at least.",
    )
    seconds: Annotated[int, whole(1, 600)] = Field(10, description="Most seconds that a request may take.")
    links_valid: kinds.Days = Field(
        _DEFAULT.links_valid,
        description="How long the links in a message work; after that its reader can have a fresh one mailed. The link "
        "that stops a topic always works.",
    )
    call_me: kinds.OutcomeId = Field(
        "", description="What is recorded of who asks on their page to be called; nobody is asked where not said."
    )

    answers: dict[kinds.OutcomeId, Lines] = Field(
        {},
        description="What readers may say themselves, by a link in a message: outcome -> how they say it, as a text or "
        "one per language.",
        examples=[{"infosession-registered": {"nl": "Ik heb me ingeschreven", "fr": "Mon inscription est faite"}}],
    )

    @field_validator("listen", mode="after")
    @classmethod
    def _fixed(cls, listen: str, _info: ValidationInfo) -> str:
        if listen.endswith(":0"):
            raise RefusedError("port 0 is another one at each start", "Write a port from 1 to 65535.")
        return listen
