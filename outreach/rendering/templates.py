"""The Jinja2 environment in which an officer's templates run: strict, sandboxed, escaped, and bounded.

The sandbox of Jinja2 stops access to Python's insides but not a template that makes 100 MB or loops for an
hour; `Bounds` counts what a render does and stops it, without a clock. Roster values are never template source.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache, partial
from typing import Any, NoReturn

from jinja2 import StrictUndefined, TemplateRuntimeError, Undefined, UndefinedError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.filters import FILTERS
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from outreach.rendering import wording
from outreach.rendering.names import Kind

#: Rounds of loops and calls of macros in one render.
MOST_STEPS = 20_000
#: Characters in one rendered text, and in one value made on the way.
MOST_CHARACTERS = 1_000_000
#: Length of a `range`.
MOST_RANGE = 1_000

_FILTERS = (
    "abs", "capitalize", "count", "d", "default", "e", "escape", "first", "float", "forceescape", "int", "join", "last",
    "length", "list", "lower", "max", "min", "reject", "replace", "reverse", "round", "select", "sort", "string",
    "striptags", "sum", "title", "trim", "truncate", "unique", "upper", "urlencode", "wordcount",
)  # fmt: skip


class TooMuch(TemplateRuntimeError):  # noqa: N818  # it says what the template does
    """The template does more than a message needs; make it shorter or loop over less."""


class Missing(Undefined):
    """An optional fact that the roster does not hold for this person.

    It may be tested (it is false, not defined, none, and equal to nothing) but not printed.
    """

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise UndefinedError(f"{self._undefined_name} is missing for some people and is printed without being tested")

    __str__ = __len__ = __iter__ = __html__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __add__ = __radd__ = __mod__ = __rmod__ = __contains__ = __format__ = __call__ = _refuse

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:  # noqa: PLE0309  # whatever needs it is about to print
        self._refuse()


class Bounds(threading.local):
    """What the render under way has done so far; each thread has its own."""

    steps = 0

    def reset(self) -> None:
        """Begin another message."""
        self.steps = 0

    def step(self) -> None:
        """Count one round of a loop or one call.

        Raises:
            TooMuch: there were too many.
        """
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooMuch(f"the template loops more than {MOST_STEPS} times")


bounds = Bounds()


def sized(value: Any) -> Any:
    """The value, when it is not too long.

    Raises:
        TooMuch: a text or list of more than `MOST_CHARACTERS`.
    """
    if isinstance(value, (str, list, tuple)) and len(value) > MOST_CHARACTERS:
        raise TooMuch(f"the template makes a value of more than {MOST_CHARACTERS} characters")
    return value


def _counted(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        bounds.step()
        yield item


def _joined(parts: list[Any]) -> str:
    """What `~` does, with the length watched."""
    if any(hasattr(part, "__html__") and not isinstance(part, Undefined) for part in parts):
        return sized(Markup("").join(parts))  # type: ignore[no-any-return]  # sized gives back what it got
    return sized("".join(str(part) for part in parts))  # type: ignore[no-any-return]  # as above


def _range(*arguments: int) -> range:
    made = range(*arguments)
    if len(made) > MOST_RANGE:
        raise TooMuch(f"a range of more than {MOST_RANGE} numbers")
    return made


#: What a template may call beside its own macros.
GLOBALS: dict[str, Any] = {"range": _range}


def _sized_filter(function: Callable[..., Any]) -> Callable[..., Any]:
    def filtered(*arguments: Any, **named: Any) -> Any:
        return sized(function(*arguments, **named))

    # Jinja2 marks filters that want the environment or the evaluation context with an attribute.
    for mark in ("jinja_pass_arg",):
        if hasattr(function, mark):
            setattr(filtered, mark, getattr(function, mark))
    return filtered


class _Codegen(CodeGenerator):
    """Words constants as it words values: Jinja2 itself would escape them first, and a date with them."""

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        if isinstance(node, nodes.TemplateData):
            return node.data
        assert self.environment.finalize is not None
        # Not finalize.const, which makes a str of Markup.
        worded = self.environment.finalize(node.as_const(frame.eval_ctx))
        return str(escape(worded) if frame.eval_ctx.autoescape else worded)


class Environment(ImmutableSandboxedEnvironment):
    """The sandbox, for one language and one kind of text."""

    code_generator_class: type[CodeGenerator] = _Codegen
    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, language: str, kind: Kind, finalize: Callable[[Any], Any] | None = None) -> None:
        super().__init__(
            undefined=StrictUndefined,
            autoescape=kind == "html",
            finalize=finalize or partial(wording.printed, language=language),
            keep_trailing_newline=True,
            cache_size=0,
        )
        self.filters = {name: _sized_filter(FILTERS[name]) for name in _FILTERS}
        self.filters.update(_counted=_counted, _joined=_joined)
        for name in ("day", "weekday", "month"):
            self.filters[name] = partial(_dated, getattr(wording, name), language)
        self.tests = dict(self.tests, none=lambda value: value is None or isinstance(value, Missing))
        self.globals = GLOBALS

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or `range`, counted.

        Raises:
            TooMuch: there were too many calls, or too many one inside the other.
        """
        bounds.step()
        try:
            return super().call(context, obj, *args, **kwargs)
        except RecursionError:
            raise TooMuch("a macro calls itself without end") from None

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """`+ * ** %`, none of which may blow up."""
        if operator == "**" and isinstance(right, (int, float)) and abs(right) > 16:
            raise TooMuch("a power above 16")
        if operator == "%" and isinstance(left, str):
            raise TooMuch("% on a text; write {{ a }} and {{ b }} side by side, or a ~ b")
        if operator == "*" and not (isinstance(left, (int, float)) and isinstance(right, (int, float))):
            raise TooMuch("* on a text or list")
        return sized(super().call_binop(context, operator, left, right))


def _dated(worded: Callable[[date, str], str], language: str, value: Any) -> str:
    if isinstance(value, Undefined):
        str(value)
    if not isinstance(value, date):
        raise TemplateRuntimeError("only a date can be written out as a day")
    return worded(value, language)


@lru_cache(64)
def environment(language: str, kind: Kind) -> Environment:
    """The environment for a language and a kind of text."""
    return Environment(language, kind)


def bound(tree: nodes.Template) -> nodes.Template:
    """The tree with its loops counted and its joins watched (in place)."""
    for loop in tree.find_all(nodes.For):
        loop.iter = nodes.Filter(loop.iter, "_counted", [], [], None, None, lineno=loop.lineno)
    for holder in list(tree.find_all(nodes.Node)):
        for name, child in holder.iter_fields():
            if isinstance(child, nodes.Concat):
                setattr(holder, name, _watched(child))
            elif isinstance(child, list):
                child[:] = [_watched(item) if isinstance(item, nodes.Concat) else item for item in child]
    return tree


def _watched(concat: nodes.Concat) -> nodes.Filter:
    parts = nodes.List(concat.nodes, lineno=concat.lineno)
    return nodes.Filter(parts, "_joined", [], [], None, None, lineno=concat.lineno)


def rendered(root: Callable[[Context], Iterator[Any]], context: Context) -> list[str]:
    """The text of a compiled template, in the pieces in which it comes: what is static is the same object each time.

    Raises:
        TooMuch: it is longer than `MOST_CHARACTERS`, or loops too often.
        jinja2.TemplateError: it fails.
    """
    bounds.reset()
    pieces: list[str] = []
    length = 0
    for piece in root(context):
        pieces.append(piece)
        length += len(piece)
        if length > MOST_CHARACTERS:
            raise TooMuch(f"the message grows beyond {MOST_CHARACTERS} characters")
    return pieces


def missing(name: str) -> Missing:
    """The stand-in for an optional fact, by its name in templates (`person.first_name`)."""
    return Missing(name=name)


def made_context(env: Environment, values: Mapping[str, Any]) -> Context:
    """A context of these values alone, for `rendered`."""
    return env.context_class(env, {**env.globals, **values}, None, {})
