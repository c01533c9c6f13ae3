"""The same content for senders that are not ours: templates, constants and people in a file of JSON."""

from __future__ import annotations

import json
from pathlib import Path

import workspace
from people import some

from outreach.definitions.model import Definitions

_SITE = "https://mail.sociale-dienst.example"
#: As long as one of ours.
_TOKEN = "x" * 44


def write(folder: Path, definitions: Definitions, message: str, count: int) -> Path:
    """The file with this message for so many people."""
    text = workspace.texts(definitions, message)
    organisation = definitions.workspace.organisation["nl"]
    content = {
        "from": f"{organisation} <{definitions.workspace.senders['default'].email}>",
        "templates": {"subject": text.subject, "text": text.text, "html": text.html},
        "constants": {"organisation": organisation, "date": "26 november 2026"},
        "people": [_person(one) for one in some(count)],
    }
    path = folder / f"{message}_{count}.json"
    path.write_text(json.dumps(content, default=str))
    return path


def _person(facts: dict[str, object]) -> dict[str, object]:
    token = f"{_TOKEN}{facts['lot']:08}"
    links = {"unsubscribe": f"{_SITE}/u/{token}", "choices": f"{_SITE}/c/{token}", "about": f"{_SITE}/a/{token}"}
    return {**facts, "links": links}
