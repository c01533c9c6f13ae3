"""Messages and layouts as they lie in `templates/`: front matter read, bodies left to `rendering`."""

from __future__ import annotations

import errno
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from outreach.definitions.findings import Findings
from outreach.definitions.forms.kinds import read_id
from outreach.definitions.forms.messages import FrontMatterForm
from outreach.definitions.mistakes import judge
from outreach.definitions.model import LayoutSource, MessageSource
from outreach.definitions.names import PLURALS, Names
from outreach.definitions.reading import LIMIT, Document, invisible, read, undecodable
from outreach.definitions.refusal import RefusedError, advice, shown

LAYOUTS = "layouts"
KINDS: dict[str, Literal["markdown", "mjml"]] = {".md": "markdown", ".mjml": "mjml"}
#: Lines on which a `#` that looks like text begins a comment: `subject: Offer #2`.
_CUT = re.compile(r"^(subject|preheader):[ \t]+[^\s\"'|>#][^\n]*?[ \t]#\S", re.MULTILINE)
_RULER = re.compile(r"---[ \t]*\r?\n?")
#: What keeps a file from being read -> what to do, where it is no matter of permissions.
_UNREAD = {
    errno.EISDIR: "Put a file in the place of this folder.",
    errno.ENOENT: "It is a link to a file that is not there: put the file in its place.",
    errno.ELOOP: "It is a link that leads back to itself: put a file in its place.",
}
_FRONT = "Start the file with a line `---`, then `subject:` and `preheader:`, then another line `---`."


@dataclass
class Templates:
    """What lies in `templates/`."""

    sources: list[MessageSource] = field(default_factory=list)
    layouts: dict[str, LayoutSource] = field(default_factory=dict)
    offer_html: LayoutSource | None = None


def message_ids(root: Path) -> list[str]:
    """The messages there are: the folders in `templates/`, but for the layouts'."""
    folder = root / "templates"
    return sorted(path.name for path in _inside(folder) if path.is_dir() and path.name != LAYOUTS)


def read_templates(root: Path, names: Names, findings: Findings) -> Templates:
    """Every message and layout, with what is wrong about their files."""
    templates = Templates()
    _read_layouts(root, templates, findings)
    _note_strays(root, names.default_language or "nl", findings)
    for message in message_ids(root):
        check_name(message, f"templates/{message}", "folder", findings)
        _read_message(root, message, names, templates, findings)
    return templates


def check_name(name: str, file: str, what: str, findings: Findings) -> None:
    """That the name of a file or folder (`what` it is) may be an id, as it is one."""
    try:
        read_id(name)
    except RefusedError as error:
        findings.file(file, f"the name of the {what} is the id, and {error.message}", error.remedy)


def read_bytes(path: Path, file: str, findings: Findings) -> bytes | None:
    """The bytes of a file, up to one more than are read of any; None when it cannot be read (noted)."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        # A device may have no end, and a pipe nobody who writes.
        findings.file(file, "this is a device or a pipe, and no file", "Put a file in its place.")
        return None
    try:
        with path.open("rb") as found:
            return found.read(LIMIT + 1)
    except OSError as error:
        remedy = _UNREAD.get(error.errno or 0, "Look at its permissions.")
        findings.file(file, f"the file cannot be read: {error.strerror}", remedy)
        return None


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def _read_layouts(root: Path, templates: Templates, findings: Findings) -> None:
    for path in _inside(root / "templates" / LAYOUTS):
        file = f"templates/{LAYOUTS}/{path.name}"
        if path.suffix == ".mjml" and (text := _text(path, file, findings)) is not None:
            templates.layouts[path.stem] = LayoutSource(path.stem, file, text)
        elif path.name == "offer.html" and (text := _text(path, file, findings)) is not None:
            templates.offer_html = LayoutSource(path.stem, file, text)
        elif path.suffix != ".mjml" and path.name != "offer.html":
            remedy = "Layouts end in .mjml; how an offer looks stands in offer.html."
            findings.file_note(file, "this is no layout, and is not used", remedy)


def _note_strays(root: Path, language: str, findings: Findings) -> None:
    """Texts beside the folders of the messages, where nothing reads them: their author thinks that they are sent."""
    for path in _inside(root / "templates"):
        if path.suffix in KINDS and path.is_file() and path.stem.casefold() != "readme":
            text = f"templates/{path.stem}/{language}{path.suffix}"
            layout = f" A layout is called templates/{LAYOUTS}/{path.name}." if path.suffix == ".mjml" else ""
            findings.file_note(
                f"templates/{path.name}",
                "this file is in no message's folder, and is not used",
                f"Move it to {text} and let a campaign send it, or delete it.{layout}",
            )


def _text(path: Path, file: str, findings: Findings) -> str | None:
    raw = read_bytes(path, file, findings)
    if raw is None:
        return None
    try:
        if len(raw) > LIMIT:
            raise RefusedError(f"the file is larger than {LIMIT // 1_000_000} MB", "Shorten it.")
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        findings.problems.append(undecodable(file, raw, error))
    except RefusedError as error:
        findings.file(file, error.message, error.remedy)
    else:
        if (found := invisible(file, text)) is None:
            return text
        findings.problems.append(found)
    return None


def _read_message(root: Path, message: str, names: Names, templates: Templates, findings: Findings) -> None:
    seen: dict[str, str] = {}
    for path in _inside(root / "templates" / message):
        file = f"templates/{message}/{path.name}"
        if path.suffix not in KINDS:
            findings.file_note(
                file, "this is no text of a message, and is not used", "Texts are called nl.md or nl.mjml."
            )
        elif path.stem in seen:
            findings.file(
                file, f"this message has a text in `{path.stem}` already: {seen[path.stem]}", "Keep one of the two."
            )
        else:
            seen[path.stem] = path.name
            if _language(path.stem, file, names, findings):
                _read_source(path, message, file, templates, findings)
    _note_languages(message, set(seen), names, findings)


def _language(language: str, file: str, names: Names, findings: Findings) -> bool:
    known = names.known.get("language")
    if known is None or language in known:
        return True
    findings.file(
        file, f"there is no language {shown(language)} in outreach.yaml", advice(language, known, PLURALS["language"])
    )
    return False


def _note_languages(message: str, seen: set[str], names: Names, findings: Findings) -> None:
    folder, default = f"templates/{message}", names.default_language
    if default and default not in seen:
        findings.file(
            folder, f"the text in the default language is missing: {default}.md", f"Write {folder}/{default}.md."
        )
    elif missing := [language for language in names.languages if language not in seen]:
        findings.file_note(
            folder,
            f"no text in {' and '.join(missing)}: those readers get {default}",
            f"Write {', '.join(f'{folder}/{language}.md' for language in missing)}.",
        )


def _read_source(path: Path, message: str, file: str, templates: Templates, findings: Findings) -> None:
    text = _text(path, file, findings)
    if text is None:
        return
    front, body, body_line = _split(text)
    if front is None:
        unclosed = bool(_RULER.match(text))
        what = "the front matter is not closed" if unclosed else "the front matter is missing"
        findings.file(file, what, "Write a line `---` after its last key." if unclosed else _FRONT)
        return
    document = read(file, front.encode(), first_line=2)
    findings.problems += document.problems
    form = judge(FrontMatterForm, document.data, document, (), Names({}), findings) if document.readable else None
    if form is None:
        return
    places = {key: document.place((key,)) for key in ("subject", "preheader", "layout")}
    for key in _CUT.findall(front):
        findings.note(
            document,
            (key,),
            f"what follows ` #` is a comment, and no part of the {key}",
            f'Where it belongs to it, put all of it in quotes: `{key}: "…"`.',
        )
    source = MessageSource(
        message,
        path.stem,
        file,
        KINDS[path.suffix],
        form.subject,
        form.preheader,
        form.layout,
        body,
        {**{key: line for key, (line, _) in places.items()}, "body": body_line},
        {key: column for key, (_, column) in places.items()},
    )
    templates.sources.append(source)
    _check_layout(source, document, templates, findings)


def _split(text: str) -> tuple[str | None, str, int]:
    """Front matter (None where there is none), body, and the line at which the body starts."""
    # Not `splitlines`: it also counts characters that no editor takes for the end of a line.
    lines = io.StringIO(text).readlines()
    if not lines or not _RULER.fullmatch(lines[0]):
        return None, text, 1
    for number, line in enumerate(lines[1:], start=2):
        if _RULER.fullmatch(line):
            return "".join(lines[1 : number - 1]), "".join(lines[number:]), number + 1
    return None, text, 1


def _check_layout(source: MessageSource, document: Document, templates: Templates, findings: Findings) -> None:
    if source.kind != "markdown" or source.layout in templates.layouts:
        return
    remedy = advice(source.layout, templates.layouts, "layouts (templates/layouts/*.mjml)")
    if "layout" in document.data:
        findings.problem(document, ("layout",), f"there is no layout {shown(source.layout)}", remedy)
    else:
        message = f"there is no layout `{source.layout}`, and messages use it where they name no other"
        findings.file(f"templates/{LAYOUTS}", message, f"Write templates/{LAYOUTS}/{source.layout}.mjml. {remedy}")
