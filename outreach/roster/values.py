"""From the text of a cell to the value that is stored; every refusal says why without repeating the text.

Times of day after a day are dropped: what HR systems export as a moment is a day at midnight.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from outreach.definitions.model import Field

#: What is stored of a cell.
Value = str | int | float | bool | date


class Refused(Exception):  # noqa: N818 - it reads as what happens to the cell
    """A cell cannot be taken; the message is the reason, free of personal data."""


#: Control characters (line breaks, tabs and NUL among them), the two Unicode line separators, what turns the
#: direction of text that follows (bidi embeddings, overrides, isolates), lone surrogates and non-characters.
HOSTILE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")

_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_BELGIAN = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\Z", re.ASCII)
_SERIAL = re.compile(r"\d{1,6}(\.\d+)?", re.ASCII)
_WHOLE = re.compile(r"[-+]?\d{1,15}", re.ASCII)
_NUMBER = re.compile(r"[-+]?\d{1,15}([.,]\d{1,15})?", re.ASCII)
_LANGUAGE = re.compile(r"([a-z]{2,3})([-_][a-z0-9]+)*", re.ASCII)
#: Day 0 of spreadsheets, so that serials from 1 March 1900 on are right (they count a 29 February 1900).
_SERIAL_ZERO = date(1899, 12, 30)

#: Words for yes and no in the languages of Belgium and in English.
YES_NO = {
    **dict.fromkeys(("ja", "j", "yes", "y", "true", "waar", "vrai", "oui", "o", "wahr", "1"), True),
    **dict.fromkeys(("nee", "neen", "n", "no", "false", "onwaar", "faux", "non", "nein", "falsch", "0"), False),
}


def day(text: str, *, serials: bool = False) -> date:
    """A day: ISO 8601, day-month-year with - / or ., yyyymmdd, or (workbooks) a serial number.

    Raises:
        Refused: it is not written as a day, or no such day exists.
    """
    plain = _TIME.sub("", text)
    try:
        if found := _ISO.fullmatch(plain) or _COMPACT.fullmatch(plain):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _BELGIAN.fullmatch(plain):
            return date(int(found[4]), int(found[3]), int(found[1]))
    except ValueError:
        raise Refused("there is no such day") from None
    if serials and _SERIAL.fullmatch(plain):
        return _SERIAL_ZERO + timedelta(days=int(float(plain)))
    raise Refused("not a date; write it as 2026-01-31 or 31/01/2026")


def whole_number(text: str) -> int:
    """A whole number of at most 15 digits.

    Raises:
        Refused: it is none.
    """
    if not _WHOLE.fullmatch(text):
        raise Refused("not a whole number")
    return int(text)


def number(text: str) -> float:
    """A number with a decimal point or comma.

    Raises:
        Refused: it is none.
    """
    if not _NUMBER.fullmatch(text):
        raise Refused("not a number; write it as 12.5 or 12,5, without spaces or separators")
    return float(text.replace(",", "."))


def yes_no(text: str) -> bool:
    """Yes or no, in Dutch, French, German, English, or as 1 and 0.

    Raises:
        Refused: it is none of these words.
    """
    if (answer := YES_NO.get(text.casefold())) is None:
        raise Refused("neither yes nor no; write ja or nee, yes or no, 1 or 0")
    return answer


def language(text: str) -> str:
    """The language of a code such as `nl`, `NL` or `nl-BE`.

    Raises:
        Refused: it is no language code.
    """
    if not (found := _LANGUAGE.fullmatch(text.casefold())):
        raise Refused("not the code of a language; write nl, fr, en or de")
    return found[1]


def time_zone(text: str) -> str:
    """The IANA name of a time zone, in whatever case.

    Raises:
        Refused: there is no such zone.
    """
    known = _zones()
    if (name := known.get(text.casefold())) is None:
        near = get_close_matches(text.casefold(), known, n=1)
        hint = f"; did you mean {known[near[0]]}?" if near else ", or leave the cell empty for the workspace's"
        raise Refused(f"no time zone that is known; write it as Europe/Brussels{hint}")
    return name


@cache
def _zones() -> dict[str, str]:
    """Every zone by its name in lower case."""
    return {name.casefold(): name for name in available_timezones()}


def choice(field: Field) -> Callable[[str], str]:
    """A reader of one of the field's choices, in whatever case, with spaces or underscores for hyphens."""
    known = {_folded(option): option for option in field.choices}

    def read(text: str) -> str:
        if (option := known.get(_folded(text))) is None:
            raise Refused(_unknown(field, text, known))
        return option

    return read


def _folded(code: str) -> str:
    return "-".join(code.casefold().replace("_", " ").replace("-", " ").split())


def _unknown(field: Field, text: str, known: dict[str, str]) -> str:
    near = get_close_matches(_folded(text), known, n=1)
    said = f"{text!r} is" if _is_code(text) else "this is"
    hint = f"did you mean {known[near[0]]}?" if near else f"it is one of {', '.join(field.choices)}"
    return f"{said} not a {field.name}; {hint}"


def _is_code(text: str) -> bool:
    """Whether a text can be shown: a short code. In a row that slipped by a column it may be anybody's name."""
    return len(text) <= 20 and text.isascii() and text.count(" ") <= 1 and "@" not in text
