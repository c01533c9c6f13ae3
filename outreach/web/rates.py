"""How often one client may ask: a bucket per address that fills evenly, in bounded memory."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from outreach.rendering.measuring import PATH
from outreach.web.asgi import ASGIApp, Receive, Scope, Send, answer
from outreach.web.origins import ONE_CLICK

#: Where other systems come in, which ask more often than people do.
MACHINES = ("/api/", "/scim/")
#: Where measured links lead on.
LINKS = f"/{PATH}/"
#: Clients that are remembered; the one not heard of for the longest time is forgotten first.
MOST = 50_000


class Rates:
    """How much of its minute each client has used."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic, most: int = MOST) -> None:
        """`clock` is in seconds."""
        self._step = 60 / per_minute
        self._clock = clock
        self._most = most
        #: Client -> when its bucket is full again.
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, client: str) -> float:
        """Take one request from a client's bucket; 0 where there was one, else the seconds until there is."""
        now = self._clock()
        full_at = max(self._full_at.pop(client, now), now)
        late = full_at + self._step - now - 60
        # A ten-thousandth of a step: sums of steps are not exact.
        if late > self._step / 10_000:
            self._full_at[client] = full_at
            return late
        self._full_at[client] = full_at + self._step
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)
        return 0


def client_of(host: str) -> str:
    """Whom a request is counted for: an address, of IPv6 its network of 64 bits, as one household has it whole.

    Whatever a proxy wrote that is no address counts together.
    """
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((int(address) >> 64 << 64, 64)))
    return str(address)


class RateLimit:
    """Answers 429 to who asks too often."""

    def __init__(self, app: ASGIApp, rates: Rates, machines: Rates, crowds: Rates) -> None:
        """`machines`: of the doors that other systems post to; `crowds`: of what many ask for by one address."""
        self._app = app
        self._rates = rates
        self._machines = machines
        self._crowds = crowds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http":
            host = scope["client"][0] if scope["client"] else ""
            if wait := self._of(scope).take(client_of(host)):
                retry = (b"retry-after", str(ceil(wait)).encode())
                return await answer(send, 429, "Too many requests; try again later.", [retry])
        return await self._app(scope, receive, send)

    def _of(self, scope: Scope) -> Rates:
        if scope["path"].startswith(MACHINES):
            return self._machines
        return self._crowds if _comes_in_crowds(scope) else self._rates


def _comes_in_crowds(scope: Scope) -> bool:
    """Whether it is what thousands may do in one minute by one address, and behind which there is little.

    Half of a campaign follows links by the address of their employer, and who stops a topic by the button of their mail
    program (RFC 8058) does it by an address of its maker.
    """
    path = scope["path"]
    return path.startswith(LINKS) or (scope["method"] == "POST" and ONE_CLICK.fullmatch(path) is not None)
