"""A session that connects to the very address that it checked: no name is looked up twice, no redirect is followed.

Whoever runs a name server can give a public address to who checks and a private one to who connects; so the check
stands where the connection is made. TLS is verified for the name as ever.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

from outreach.errors import OutreachError
from outreach.roster.sources.http.addresses import may_ask

#: A host and a port -> its addresses, as `socket.getaddrinfo` gives them.
Resolver = Callable[[str, int], Sequence[tuple[Any, ...]]]


class NotAllowedError(OutreachError):
    """A source is at an address that may not be asked."""


def resolve(host: str, port: int) -> Sequence[tuple[Any, ...]]:
    """The addresses of a host, by the system's resolver."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def session(allowed: Sequence[str], resolver: Resolver = resolve) -> requests.Session:
    """A session that asks public addresses, and those of the networks that are allowed."""
    made = requests.Session()
    # No proxy, no password file: what the environment of a process says was not checked.
    made.trust_env = False
    made.mount("https://", _Adapter(allowed, resolver))
    made.mount("http://", _Adapter(allowed, resolver))
    return made


class _Adapter(HTTPAdapter):
    """Makes connections that check."""

    def __init__(self, allowed: Sequence[str], resolver: Resolver) -> None:
        self._allowed = allowed
        self._resolver = resolver
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        """As the library does, with pools of ours."""
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._allowed, self._resolver)


def _pools(allowed: Sequence[str], resolver: Resolver) -> dict[str, Any]:
    def connect(connection: HTTPConnection) -> socket.socket:
        return _connected(connection, allowed, resolver)

    plain = type("Plain", (HTTPConnection,), {"_new_conn": connect})
    secure = type("Secure", (HTTPSConnection,), {"_new_conn": connect})
    return {
        "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }


def _connected(connection: HTTPConnection, allowed: Sequence[str], resolver: Resolver) -> socket.socket:
    """A connection to the first address that takes one; all of them must be allowed."""
    found = resolver(connection.host.strip("[]"), connection.port or 0)
    if not found or not all(may_ask(str(address[0]), allowed) for *_, address in found):
        raise NotAllowedError(
            "the source is at an address that is not public",
            where=connection.host,
            remedy="If it is one of yours, name its network under `allow` of this pull in outreach.yaml.",
        )
    failure: OSError | None = None
    for family, kind, protocol, _, address in found:
        taken = socket.socket(family, kind, protocol)
        try:
            taken.settimeout(connection.timeout if isinstance(connection.timeout, (int, float)) else None)
            taken.connect(address)
        except OSError as error:
            taken.close()
            failure = error
        else:
            return taken
    raise failure or OSError
