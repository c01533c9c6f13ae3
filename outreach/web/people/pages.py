"""Pages from their templates: escaped, in the reader's words, with the organisation around them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from outreach.definitions.model import Workspace
from outreach.rendering.envelope import in_language
from outreach.web.people.readers import Room
from outreach.web.people.words import words

_HERE = Path(__file__).parent
#: The one style sheet of all pages.
STYLE = (_HERE / "style.css").read_text(encoding="utf-8")
_environment = Environment(
    loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, auto_reload=False
)


def page(workspace: Workspace, language: str, name: str, *, status: int = 200, **more: Any) -> HTMLResponse:
    """The page of that name, with the title that the catalogue has for it; `more` is what its template asks for."""
    sender = workspace.sender
    body = _environment.get_template(f"{name}.html").render(
        language=language, organisation=in_language(workspace.organisation, language, workspace), sender=sender,
        email=sender.reply_to or sender.email, say=_saying(language), title=words(language)[name]["title"],
        root=root(workspace), **more,
    )  # fmt: skip
    return HTMLResponse(body, status)


def missing(room: Room, request: Request) -> HTMLResponse:
    """What to do for who has a link that leads nowhere, in their browser's language."""
    return page(room.definitions.workspace, room.language_of(request), "missing", status=404)


def root(workspace: Workspace) -> str:
    """The path below which the pages stand, as `public_url` has it: empty, or `/outreach`."""
    return "/" + path if (path := workspace.public_url.partition("://")[2].partition("/")[2]) else ""


@cache
def _saying(language: str) -> Callable[..., str]:
    catalogue = words(language)

    def say(key: str, **holes: object) -> str:
        found: Any = catalogue
        for part in key.split("."):
            found = found[part]
        return str(found).format(**holes)

    return say
