"""Reading a workspace: every file, every form, every check, and all problems together."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from outreach.definitions.branching import written_steps
from outreach.definitions.building import (
    EVERYONE_SEGMENT,
    build_campaign,
    build_offer,
    build_segment,
    build_session,
)
from outreach.definitions.building_workspace import build_workspace
from outreach.definitions.checks.bundles import check_sent
from outreach.definitions.checks.by_choice import check_offered
from outreach.definitions.checks.campaigns import CampaignChecks
from outreach.definitions.checks.filled import Filled
from outreach.definitions.checks.mappings import check_mappings
from outreach.definitions.checks.offers import check_offer
from outreach.definitions.checks.segments import check_segments
from outreach.definitions.checks.sessions import SessionChecks
from outreach.definitions.checks.workspace import check_workspace
from outreach.definitions.discretion import forbidden
from outreach.definitions.findings import Findings
from outreach.definitions.forms.campaigns import CampaignForm
from outreach.definitions.forms.kinds import read_id
from outreach.definitions.forms.offers import OfferForm
from outreach.definitions.forms.segments import SegmentForm
from outreach.definitions.forms.sessions import SessionForm
from outreach.definitions.forms.workspace import WorkspaceForm
from outreach.definitions.loaded import Loaded
from outreach.definitions.messages import check_name, message_ids, read_bytes, read_templates
from outreach.definitions.mistakes import judge, salvage
from outreach.definitions.model import EVERYONE, Campaign, Definitions, Offer
from outreach.definitions.names import collect
from outreach.definitions.reading import Document, read
from outreach.definitions.reading import Path as DataPath
from outreach.definitions.refusal import RefusedError, advice

WORKSPACE = "outreach.yaml"
SEGMENTS = "campaigns/segments.yaml"
#: Folders in `campaigns/` that are read.
_FOLDERS = ("offers", "sessions")
#: What editors on Windows make of `welcome.yaml`, and what other programs call it.
_MISNAMED = re.compile(r"([^.].*?)\.(?!(?-i:yaml)\Z)(?:yaml|yml)(?:\.txt)?", re.IGNORECASE)


def load(root: Path) -> Loaded:
    """Everything that the workspace in `root` defines; every problem in it is in the answer, none is raised."""
    return _Loading(root).load()


class _Loading:
    """One reading of a workspace."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.findings = Findings()
        self.workspace = self._read(WORKSPACE) if (root / WORKSPACE).exists() else self._without_workspace()
        self.segments = self._read(SEGMENTS) if os.path.lexists(root / SEGMENTS) else Document(SEGMENTS, {})
        self.campaigns = self._read_all("campaigns", but=("segments",))
        self.offers = self._read_all("campaigns/offers")
        self.sessions = self._read_all("campaigns/sessions")
        self._check_folders()
        self.names = collect(
            self.workspace.data if self.workspace.readable else None,
            self.segments.data if self.segments.readable else None,
            self.campaigns, self.offers, message_ids(root),
            [document.data for document in self.sessions.values()],
        )  # fmt: skip

    def load(self) -> Loaded:
        """Judge it all."""
        workspace = self._fill("", WorkspaceForm, self.workspace)
        segments = self._fill_segments()
        offers = self._fill_all(OfferForm, self.offers)
        campaigns = self._fill_all(CampaignForm, self.campaigns)
        sessions = self._fill_all(SessionForm, self.sessions)
        templates = read_templates(self.root, self.names, self.findings)
        self._check(workspace, segments, offers, campaigns)
        self._check_sessions(workspace, sessions, campaigns, _catalogue(offers))
        # Without its fields and languages, what a message says cannot be judged.
        judgeable = workspace is not None and (
            workspace.sound or (self.names.broken_fields == frozenset() and bool(self.names.languages))
        )
        draft = _build(workspace, segments, offers, campaigns, sessions) if judgeable else None
        problems = tuple(sorted(set(self.findings.problems)))
        return Loaded(
            definitions=None if problems else draft,
            sources=tuple(templates.sources),
            layouts=templates.layouts,
            offer_html=templates.offer_html,
            problems=problems,
            notes=tuple(sorted(set(self.findings.notes))),
            draft=draft,
            retired=frozenset(workspace.form.retired) if workspace else frozenset(),
            present={name: _step_ids(document) for name, document in self.campaigns.items()},
            locate=self._locate,
        )

    def _read(self, file: str) -> Document:
        raw = read_bytes(self.root / file, file, self.findings)
        document = Document(file, readable=False) if raw is None else read(file, raw)
        self.findings.problems += document.problems
        return document

    def _without_workspace(self) -> Document:
        self.findings.file(
            WORKSPACE,
            "there is no such file here",
            "Run `outreach init` in an empty folder, or go to the folder that holds it.",
        )
        return Document(WORKSPACE, readable=False)

    def _read_all(self, folder: str, but: tuple[str, ...] = ()) -> dict[str, Document]:
        """The YAML files of a folder by their stem; files whose name is no id are named."""
        documents: dict[str, Document] = {}
        for path in sorted((self.root / folder).glob("*")):
            file = f"{folder}/{path.name}"
            if found := _MISNAMED.fullmatch(path.name):
                self.findings.file(file, "files of definitions end in .yaml", f"Rename it to {found[1]}.yaml.")
            elif path.suffix == ".yaml" and not path.name.startswith(".") and path.stem not in but:
                check_name(path.stem, file, "file", self.findings)
                documents[path.stem] = self._read(file)
        return documents

    def _check_folders(self) -> None:
        for path in sorted((self.root / "campaigns").glob("*")):
            if path.is_dir() and path.name not in _FOLDERS and not path.name.startswith(".") and not path.suffix:
                self.findings.file(
                    f"campaigns/{path.name}",
                    "this folder is not read",
                    advice(path.name, _FOLDERS, "folders read here"),
                )
        for folder in _FOLDERS:
            for path in sorted((self.root / "campaigns" / folder).glob("*")):
                if path.is_dir() and not path.name.startswith(".") and not path.suffix:
                    file = f"campaigns/{folder}/{path.name}"
                    self.findings.file(file, "this folder is not read", f"Move what is in it to campaigns/{folder}.")

    def _fill(self, name: str, form: Any, document: Document, at: DataPath = ()) -> Filled | None:
        if not document.readable:
            return None
        data = document.data
        for part in at:
            data = data[part]
        if (filled := judge(form, data, document, at, self.names, self.findings)) is not None:
            return Filled(name, filled, document, at)
        rest = salvage(form, data, self.names)
        return Filled(name, rest, document, at, sound=False) if rest is not None else None

    def _fill_all(self, form: Any, documents: dict[str, Document]) -> list[Filled]:
        filled = [self._fill(name, form, document) for name, document in documents.items()]
        return [item for item in filled if item is not None]

    def _fill_segments(self) -> list[Filled]:
        data = self.segments.data
        if not isinstance(data, dict):
            if self.segments.readable:
                self.findings.problem(
                    self.segments, (), "expected segments by their id", "Write `newcomers: {where: {…}}`."
                )
            return []
        for name in data:
            self._check_segment_id(name)
        filled = [self._fill(name, SegmentForm, self.segments, (name,)) for name in data]
        return [item for item in filled if item is not None]

    def _check_segment_id(self, name: str) -> None:
        try:
            read_id(name)
        except RefusedError as error:
            self.findings.problem(self.segments, (name,), error.message, error.remedy, key=True)

    def _check(
        self, workspace: Filled | None, segments: list[Filled], offers: list[Filled], campaigns: list[Filled]
    ) -> None:
        if workspace:
            check_workspace(workspace, self.names, self.findings)
            check_mappings(workspace, self.findings)
        check_segments(segments, self.findings)
        for offer in offers:
            check_offer(offer, self.names, self.findings)
        checks = CampaignChecks(self.names, workspace, _catalogue(offers), self.findings, self.offers)
        for campaign in campaigns:
            checks.check(campaign)
        if len(campaigns) == len(self.campaigns):
            self._note_unsent(campaigns)
            if workspace:
                check_sent(workspace, campaigns, self.findings)
                check_offered(workspace, _built(campaigns, _catalogue(offers)), self.findings)

    def _check_sessions(
        self, workspace: Filled | None, sessions: list[Filled], campaigns: list[Filled], offers: Mapping[str, Offer]
    ) -> None:
        words: dict[str, dict[str, str]] = {}
        for campaign in _built(campaigns, offers):
            for kind in {step.invite for step in campaign.steps if step.invite}:
                words.setdefault(kind, {}).update(forbidden(campaign, offers))
        checks = SessionChecks(workspace, self.findings, words)
        for session in sessions:
            checks.check(session)

    def _note_unsent(self, campaigns: list[Filled]) -> None:
        """Messages that no campaign sends: often a `send` that was forgotten."""
        sent = {message for campaign in campaigns for message in _sent(campaign.form)}
        for message in sorted((self.names.known["message"] or frozenset()) - sent):
            self.findings.file_note(f"templates/{message}", "no campaign sends this message", "Send it, or delete it.")

    def _locate(self, file: str, path: DataPath) -> tuple[int, int]:
        documents = [self.workspace, self.segments, *self.campaigns.values(), *self.offers.values()]
        documents += self.sessions.values()
        for document in documents:
            if document.file == file:
                return document.place(path, key=True)
        return 1, 1


def _build(
    workspace: Filled | None,
    segments: list[Filled],
    offers: list[Filled],
    campaigns: list[Filled],
    sessions: list[Filled],
) -> Definitions | None:
    """The definitions of all that is sound; None when too little of `outreach.yaml` is."""
    if workspace is None:
        return None
    catalogue = _catalogue([offer for offer in offers if offer.sound])
    return Definitions(
        workspace=build_workspace(workspace.form),
        segments={EVERYONE: EVERYONE_SEGMENT}
        | {item.id: build_segment(item.id, item.form) for item in segments if item.sound},
        campaigns={one.id: one for one in _built([item for item in campaigns if item.sound], catalogue)},
        offers=catalogue,
        messages={},
        fragments={},
        sessions={item.id: build_session(item.id, item.form) for item in sessions if item.sound},
    )


def _built(campaigns: list[Filled], offers: Mapping[str, Offer]) -> Iterator[Campaign]:
    return (build_campaign(item.id, item.form, item.document.file, offers) for item in campaigns)


def _sent(campaign: CampaignForm) -> Iterator[str]:
    for step in written_steps(campaign.steps):
        yield step.send or step.id
        yield from step.remind.send if step.remind else ()
        if step.remind and step.remind.last and step.remind.last.send:
            yield step.remind.last.send
        if step.notices:
            yield from filter(None, (step.notices.moved, step.notices.cancelled, step.notices.eve))


def _step_ids(campaign: Document) -> frozenset[str] | None:
    """The ids of a campaign's steps; None where they cannot be read."""
    steps = campaign.data.get("steps") if isinstance(campaign.data, dict) else None
    return frozenset(_ids(steps)) if isinstance(steps, list) else None


def _ids(steps: Any) -> Iterator[str]:
    """The ids in a list of steps as it is written, those inside of branches too."""
    for step in steps if isinstance(steps, list) else ():
        if isinstance(step, dict):
            yield from (str(step["id"]) for _ in range("id" in step))
            ways = step.get("branch")
            inside = [way.get("then") for way in ways if isinstance(way, dict)] if isinstance(ways, list) else []
            for inner in (*inside, step.get("otherwise"), step.get("if_unknown")):
                yield from _ids(inner)


def _catalogue(offers: list[Filled]) -> dict[str, Offer]:
    """Offers by their id, in the order of their files."""
    return {filled.id: build_offer(filled.id, filled.form) for filled in offers}
