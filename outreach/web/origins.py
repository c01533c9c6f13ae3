"""Protection against other sites: a form elsewhere in the web changes nothing here.

There is no cookie to abuse, and the key to a page is its address. All the same a browser that says that a request comes
from another site is refused. Mail providers unsubscribe without a browser (RFC 8058); machines send no such headers.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from outreach.web.asgi import ASGIApp, Receive, Scope, Send, answer, header

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Where a provider's web page may send the one-click form itself.
ONE_CLICK = re.compile("/u/[^/]+")


def is_foreign(scope: Scope) -> bool:
    """Whether a browser says that the request was begun by another site."""
    if scope["method"] in _SAFE or ONE_CLICK.fullmatch(scope["path"]):
        return False
    site = header(scope, b"sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = header(scope, b"origin")
    # `null`: our own pages send no referrer, and older browsers then hide the origin as well.
    return origin not in (None, "null") and urlsplit(str(origin)).netloc != header(scope, b"host")


class SameOrigin:
    """Answers 403 to requests that another site began."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and is_foreign(scope):
            return await answer(send, 403, "This form belongs to another site.")
        return await self._app(scope, receive, send)
