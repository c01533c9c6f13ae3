"""What the pages say, from one catalogue for each language: `words/<language>.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "words"
#: Languages that there are words in.
LANGUAGES = tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))
#: Where none of an organisation's languages has words.
_LAST = "en"


@cache
def words(language: str) -> Mapping[str, Any]:
    """The catalogue of one of `LANGUAGES`: texts with `{holes}`, some in groups."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def best(wanted: Sequence[str], offered: Sequence[str]) -> str:
    """The first language that is wanted, offered by the organisation and has words; else the organisation's first."""
    there = [language for language in offered if language in LANGUAGES]
    return next((language for language in wanted if language in there), there[0] if there else _LAST)


def accepted(header: str) -> list[str]:
    """The languages of an `Accept-Language` header, as it orders them; their weights do so too in every browser."""
    return [part.partition(";")[0].strip()[:2].lower() for part in header[:200].split(",")]
