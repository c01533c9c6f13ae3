"""Finding one's way in the forms: which keys and which alternatives the grammar has at a place."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import Tag
from pydantic.fields import FieldInfo

from outreach.definitions.forms.kinds import MARK, Form

#: A member of a union, with its tag where it has one.
Member = tuple[str | None, Any]


def members(annotation: Any, tag: str | None = None) -> Iterator[Member]:
    """The bare types that a value may have, without None."""
    origin = get_origin(annotation)
    if origin is Annotated:
        bare, *metadata = get_args(annotation)
        tags = [item.tag for item in metadata if isinstance(item, Tag)]
        yield from members(bare, tags[0] if tags else tag)
    elif origin in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from members(member, tag)
    elif annotation is not type(None):
        yield tag, annotation


def at(annotation: Any, loc: tuple[str | int, ...]) -> Any:
    """The annotation at the `loc` of a pydantic error; None where there is none."""
    for part in loc:
        annotation = _enter(annotation, part)
    return annotation


def form(annotation: Any) -> type[Form] | None:
    """The form among the types that a value may have."""
    for _tag, bare in members(annotation):
        if isinstance(bare, type) and issubclass(bare, Form):
            return bare
    return None


def keys(model: type[Form]) -> dict[str, FieldInfo]:
    """The keys of a form as an officer writes them."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def alternatives(annotation: Any) -> list[str]:
    """The keys of which one says which form a group is (`once`, `every`)."""
    return [tag.removeprefix(MARK) for tag, bare in members(annotation) if tag and form(bare)]


def _enter(annotation: Any, part: str | int) -> Any:
    for tag, bare in members(annotation):
        if isinstance(part, str) and part.startswith(MARK):
            if tag == part:
                return bare
        elif _is_collection(bare):
            return get_args(bare)[-1]
        elif isinstance(bare, type) and issubclass(bare, Form) and part in keys(bare):
            return keys(bare)[str(part)].annotation
    return None


def _is_collection(bare: Any) -> bool:
    return get_origin(bare) is list or get_origin(bare) is dict
