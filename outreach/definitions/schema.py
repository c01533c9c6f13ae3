"""JSON Schema for editors, made from the forms.

A file asks for completion and hints with one comment at its top, which changes nothing for Outreach:
``# yaml-language-server: $schema=../.schemas/campaign.schema.json``.
"""

from __future__ import annotations

import json
from datetime import time
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from outreach.definitions.forms.campaigns import CampaignForm
from outreach.definitions.forms.kinds import Id
from outreach.definitions.forms.messages import FrontMatterForm
from outreach.definitions.forms.offers import OfferForm
from outreach.definitions.forms.responses import ResponsesForm
from outreach.definitions.forms.segments import SegmentForm
from outreach.definitions.forms.sessions import SessionForm
from outreach.definitions.forms.workspace import WorkspaceForm
from outreach.definitions.model import Reentry, Span

#: Kind of file -> its form, the files it is for, and what it says.
FILES: dict[str, tuple[Any, str, str]] = {
    "workspace": (WorkspaceForm, "outreach.yaml", "What holds for all campaigns."),
    "segments": (dict[Id, SegmentForm], "campaigns/segments.yaml", "Named groups of people, each under its id."),
    "campaign": (CampaignForm, "campaigns/<id>.yaml", "A reason to write: to whom, from when, in which steps."),
    "offer": (OfferForm, "campaigns/offers/<id>.yaml", "Something people are entitled to."),
    "session": (SessionForm, "campaigns/sessions/<id>.yaml", "Something that people can come to, on one day."),
    "responses": (ResponsesForm, "responses.yaml", "How people respond in `outreach simulate --responses FILE`."),
    "message": (FrontMatterForm, "templates/<message>/<language>.md", "The front matter of a message."),
}
#: What `outreach schema` writes; front matter is read by no editor.
WRITTEN = ("workspace", "segments", "campaign", "offer", "session", "responses")
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind of file: a key of `FILES`."""
    form, files, description = FILES[kind]
    body = TypeAdapter(form).json_schema(by_alias=True, schema_generator=_Generator)
    return {"$schema": _DRAFT, **_tidy(body), "title": files, "description": description}


def write_schemas(folder: Path) -> list[Path]:
    """Write the schemas into a folder, which is made when it is not there. Returns the files, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for kind in WRITTEN:
        path = folder / f"{kind}.schema.json"
        path.write_text(json.dumps(schema(kind), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        files.append(path)
    return files


def modeline(kind: str, folder: str) -> str:
    """The comment at the top of a file of that kind that points an editor to the schema in `folder`."""
    return f"# yaml-language-server: $schema={folder}/{kind}.schema.json"


class _Generator(GenerateJsonSchema):
    """Defaults as an officer would write them."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, Span):
            return span_text(dft)
        if isinstance(dft, Reentry):
            return dft.kind
        return f"{dft:%H:%M}" if isinstance(dft, time) else super().encode_default(dft)


def span_text(span: Span) -> str:
    """A span as one writes it; the nearest whole unit."""
    if span.months:
        return f"{span.months} months" if span.months != 1 else "1 month"
    return f"{span.days} days" if span.days != 1 else "1 day"


def _tidy(node: Any) -> Any:
    """The schema without pydantic's own titles, and without null: an empty value is a mistake."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidy = {key: _tidy(value) for key, value in node.items() if not _is_noise(key, value)}
    options = [option for option in tidy.get("anyOf", []) if option != {"type": "null"}]
    if len(options) == 1:
        del tidy["anyOf"]
        return {**options[0], **tidy}
    return {**tidy, "anyOf": options} if options else tidy


def _is_noise(key: str, value: Any) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value in (None, "", [], {}))
