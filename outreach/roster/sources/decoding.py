"""Which encoding a text file is in: its byte-order mark, else strict UTF-8, else Windows-1252.

No statistics: charset-normalizer calls a Dutch Windows-1252 file cp1257 (DESIGN.md, "What was tried").
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from outreach.errors import OutreachError

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_BLOCK = 1 << 20
_REMEDY = "Say which encoding it is in with --encoding, for example --encoding cp850, or save it as UTF-8."


def encoding_of(path: Path, override: str | None = None) -> str:
    """The Python codec for the file; it decodes all of it.

    Raises:
        OutreachError: the override is no text encoding, or the file is not in it or in any that we know.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    mark = next((codec for mark, codec in _MARKS if head.startswith(mark)), None)
    if override:
        return _checked(path, _named(override, head))
    if codec := mark or _unmarked_utf16(head):
        return _checked(path, codec)
    if _fault(path, "utf-8") is None:
        return "utf-8"
    _refuse_damaged_utf8(path)
    return _checked(path, "cp1252")


def _named(override: str, head: bytes) -> str:
    try:
        info = codecs.lookup(override)
        "".encode(info.name)
    except (LookupError, UnicodeError):
        raise OutreachError(
            f"{override!r} is not an encoding", remedy="Known ones are utf-8, utf-16, cp1252, latin-1 and cp850."
        ) from None
    return "utf-8-sig" if info.name == "utf-8" and head.startswith(codecs.BOM_UTF8) else info.name


def _unmarked_utf16(head: bytes) -> str | None:
    """UTF-16 without a mark shows by a NUL beside nearly every letter, always on the same side."""
    pairs = len(head) // 2
    if pairs < 4:
        return None
    even, odd = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    if odd > pairs * 0.7 and even < pairs * 0.05:
        return "utf-16-le"
    if even > pairs * 0.7 and odd < pairs * 0.05:
        return "utf-16-be"
    return None


def _checked(path: Path, codec: str) -> str:
    if (line := _fault(path, codec)) is not None:
        raise OutreachError(f"the file cannot be read as {codec}", where=f"{path.name}:{line}", remedy=_REMEDY)
    return codec


def _fault(path: Path, codec: str) -> int | None:
    """The line with the first bytes that the codec refuses; None when it takes all of them."""
    decoder = codecs.getincrementaldecoder(codec)()
    line = 1
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            try:
                line += decoder.decode(block, final=not block).count("\n")
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n")
            except UnicodeError:
                return line
            if not block:
                return None


def _refuse_damaged_utf8(path: Path) -> None:
    """A file with more good UTF-8 letters than bad bytes is damaged, not in another encoding.

    Read as Windows-1252, every accent in it would be stored as two wrong letters.
    """
    good, bad = _letters(path)
    if good > bad:
        raise OutreachError(
            "the file is in UTF-8 but damaged here, or cut off",
            where=f"{path.name}:{_fault(path, 'utf-8')}",
            remedy="Ask for the file again, or say which encoding it is in with --encoding.",
        )


def _letters(path: Path) -> tuple[int, int]:
    """How many letters beyond ASCII decode as UTF-8, and how many bytes do not."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            odd = _BEYOND_ASCII.findall(decoder.decode(block))
            wrong = sum("\udc80" <= letter <= "\udcff" for letter in odd)
            good, bad = good + len(odd) - wrong, bad + wrong
    return good, bad + len(decoder.getstate()[0])
