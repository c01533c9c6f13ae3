"""Texts by language: written once for all, or one for each language of the workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from outreach.definitions.forms.kinds import Kind, Mistake, found, known, read_line, read_text, refuse_all, scalar
from outreach.definitions.names import Names
from outreach.definitions.refusal import RefusedError


def _by_language(value: object, there: Names, read: Callable[[str], str]) -> dict[str, str]:
    """A text for every language: written once for all, or per language with the default's filling the gaps."""
    if isinstance(value, str):
        text = read(value)
        return dict.fromkeys(there.languages, text) or {"": text}
    if not isinstance(value, dict):
        raise RefusedError(f"expected a text, or a text per language, found {found(value)}", _PER_LANGUAGE)
    mistakes, texts = _read_each(value, there, read)
    default = there.default_language
    if default and default not in value and not mistakes:
        mistakes.append(((), RefusedError(f"the default language `{default}` is missing", f"Add `{default}: …`.")))
    refuse_all("text by language", mistakes)
    return {language: texts.get(language, texts[default]) for language in there.languages} if default else texts


def _read_each(
    value: dict[str, object], there: Names, read: Callable[[str], str]
) -> tuple[list[Mistake], dict[str, str]]:
    mistakes: list[Mistake] = []
    texts: dict[str, str] = {}
    for language, item in value.items():
        try:
            known("language", language, there)
        except RefusedError as error:
            mistakes.append(((language, "[key]"), error))
            continue
        try:
            texts[language] = read(scalar(item, "a text", "Sociale dienst"))
        except RefusedError as error:
            mistakes.append(((language,), error))
    return mistakes, texts


_PER_LANGUAGE = "Write `Sociale dienst`, or `{nl: Sociale dienst, fr: Service social}`."
_TEXTS_SCHEMA = {
    "$comment": "a text, or one per language",
    "anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}],
}


Lines = Annotated[dict[str, str], Kind(lambda value, there: _by_language(value, there, read_line), _TEXTS_SCHEMA)]
Texts = Annotated[dict[str, str], Kind(lambda value, there: _by_language(value, there, read_text), _TEXTS_SCHEMA)]
