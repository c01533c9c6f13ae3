"""A release in the database: a manifest of all but the contents, and contents by their digest.

Reading needs neither pydantic nor YAML.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, select

from outreach.definitions import codec
from outreach.definitions.model import Definitions, Fragment, Message
from outreach.errors import OutreachError
from outreach.release.closure import canonical, digest
from outreach.storage.database import Database
from outreach.storage.marks import read_mark
from outreach.storage.tables import part, release, release_campaign

T = TypeVar("T")
Fragments = dict[str, dict[str, Fragment]]

#: Mark that holds the id of the current release: an older one is current again when its content is published again.
CURRENT = "release"


@dataclass(frozen=True)
class Manifest:
    """A release ready to be stored."""

    digest: str
    text: str
    #: Digest -> body.
    parts: dict[str, str]


def make_manifest(definitions: Definitions) -> Manifest:
    """The manifest of definitions, and the contents it points to."""
    parts: dict[str, str] = {}
    messages = {name: _part(parts, codec.plain(message)) for name, message in definitions.messages.items()}
    fragments = {offer: _part(parts, codec.plain(texts)) for offer, texts in definitions.fragments.items()}
    bare = replace(definitions, messages={}, fragments={})
    text = canonical({"definitions": codec.plain(bare), "messages": messages, "fragments": fragments})
    return Manifest(digest(text), text, parts)


def current_release(connection: Connection) -> int | None:
    """The id of the release that `run` works from, or None before the first."""
    mark = read_mark(connection, CURRENT)
    return int(mark) if mark else None


def load(connection: Connection, release_id: int) -> Definitions:
    """What a release says, without the bodies of its messages and the fragments of its offers.

    Raises:
        OutreachError: there is no such release.
    """
    return codec.unplain(Definitions, _read(connection, release_id)["definitions"] | {"messages": {}, "fragments": {}})


def load_content(connection: Connection, release_id: int) -> tuple[Mapping[str, Message], Mapping[str, Fragments]]:
    """Messages by id, and fragments (layout -> language -> fragment) by offer, each read when it is asked for.

    They can be asked as long as the connection is open.

    Raises:
        OutreachError: there is no such release.
    """
    manifest = _read(connection, release_id)

    def body(digest: str) -> str:
        return str(connection.scalar(select(part.c.body).where(part.c.digest == digest)))

    return (
        _Lazy(manifest["messages"], lambda digest: codec.loads(Message, body(digest))),
        _Lazy(manifest["fragments"], lambda digest: _fragments(body(digest))),
    )


def loaders(database: Database, release_id: int) -> tuple[Callable[[str], Message], Callable[[str], Fragments]]:
    """What a composer asks for a message and for an offer's fragments; each asking is a short reading of its own."""

    def message(name: str) -> Message:
        with database.reading() as connection:
            return load_content(connection, release_id)[0][name]

    def fragments(offer: str) -> Fragments:
        with database.reading() as connection:
            return load_content(connection, release_id)[1][offer]

    return cache(message), cache(fragments)


def digests(connection: Connection, release_id: int) -> dict[str, str]:
    """Campaign -> digest of its closure in that release, in the order of their ids."""
    rows = connection.execute(
        select(release_campaign.c.campaign, release_campaign.c.digest)
        .where(release_campaign.c.release_id == release_id)
        .order_by(release_campaign.c.campaign)
    )
    # Sorted here again: databases collate differently.
    return dict(sorted((row.campaign, row.digest) for row in rows))


class _Lazy(Mapping[str, T], Generic[T]):
    """A mapping whose values are read at their first use."""

    def __init__(self, digests: Mapping[str, str], read: Callable[[str], T]) -> None:
        self._digests = digests
        self._read = cache(read)

    def __getitem__(self, name: str) -> T:
        return self._read(self._digests[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._digests)

    def __len__(self) -> int:
        return len(self._digests)


def _read(connection: Connection, release_id: int) -> dict[str, Any]:
    text = connection.scalar(select(release.c.manifest).where(release.c.id == release_id))
    if text is None:
        raise OutreachError(f"there is no release {release_id}", remedy="Run `outreach publish`.")
    manifest: dict[str, Any] = json.loads(text)
    return manifest


def _part(parts: dict[str, str], body: Any) -> str:
    text = canonical(body)
    parts[digest(text)] = text
    return digest(text)


def _fragments(text: str) -> Fragments:
    return {
        layout: {language: codec.unplain(Fragment, body) for language, body in texts.items()}
        for layout, texts in json.loads(text).items()
    }
