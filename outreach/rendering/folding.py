"""Conditions on the language decided while a layout is compiled, as a compiled message is in one language.

A layout for three languages says `{% if language == 'fr' %}…{% elif … %}…{% else %}…{% endif %}`; two thirds of
that would travel through every later step, and through every release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from jinja2 import Environment, meta

from outreach.rendering import tags

_STATEMENT = re.compile(r"\{%\s*(if|elif|else|endif|for|endfor)\b(.*?)%\}\s*", re.DOTALL)
_judge = Environment(autoescape=False)  # noqa: S701  # it decides conditions, nothing is rendered with it


@dataclass(slots=True)
class _Arm:
    """One branch: its tag as written, its condition (empty for else), and what stands in it."""

    tag: str
    condition: str
    items: list[str | _Chain] = field(default_factory=list)


@dataclass(slots=True)
class _Chain:
    """An if or a for with its branches."""

    keyword: str
    arms: list[_Arm]
    end: str = ""


def fold(source: str, language: str) -> str:
    """The source with the branches of other languages gone.

    Raises:
        jinja2.TemplateSyntaxError: a tag is not closed.
    """
    whole = _Chain("", [_Arm("", "")])
    open_chains = [whole]
    for segment in tags.segments(source):
        statement = _STATEMENT.fullmatch(segment)
        keyword, condition = (statement[1], statement[2].strip()) if statement else ("", "")
        if keyword in ("if", "for"):
            open_chains.append(_Chain(keyword, [_Arm(segment, condition)]))
        elif keyword in ("elif", "else") and len(open_chains) > 1:
            open_chains[-1].arms.append(_Arm(segment, condition))
        elif keyword in ("endif", "endfor") and len(open_chains) > 1:
            chain = open_chains.pop()
            chain.end = segment
            open_chains[-1].arms[-1].items.append(chain)
        else:
            open_chains[-1].arms[-1].items.append(segment)
    if len(open_chains) > 1:
        # An if without its end: Jinja2 will say where.
        return source
    return "".join(_written(whole, language))


def _written(chain: _Chain, language: str) -> Iterator[str]:
    arms = _decided(chain, language)
    if arms is None:
        for arm in chain.arms:
            yield arm.tag
            yield from _items(arm, language)
        yield chain.end
    else:
        for arm in arms:
            yield from _items(arm, language)


def _items(arm: _Arm, language: str) -> Iterator[str]:
    for item in arm.items:
        if isinstance(item, _Chain):
            yield from _written(item, language)
        else:
            yield item


def _decided(chain: _Chain, language: str) -> list[_Arm] | None:
    """The branch that holds in this language, if any; None where that is not for the language alone to say."""
    if chain.keyword != "if" or not all(_is_about_language(arm.condition) for arm in chain.arms if arm.condition):
        return None
    for arm in chain.arms:
        if not arm.condition or _judge.compile_expression(arm.condition)(language=language):
            return [arm]
    return []


@lru_cache(256)
def _is_about_language(condition: str) -> bool:
    return meta.find_undeclared_variables(_judge.parse(f"{{% if {condition} %}}{{% endif %}}")) == {"language"}
