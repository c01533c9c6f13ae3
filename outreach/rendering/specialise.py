"""A template made ready for one campaign: static text encoded once, only what is personal left to run.

A compiled `Specialised` yields what a mail's body is made of: numbers of static, already encoded chunks, and
encoded bytes of personal values. It is Jinja2's own compiler that makes it: conditions and filters mean what
they always mean; only what is printed is different. Macros, filter blocks and the like would catch chunk
numbers where they expect text; a template that has them is refused here and takes the plain path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import Template
from jinja2.nodes import EvalContext
from jinja2.utils import missing as absent
from markupsafe import escape

from outreach.rendering import names, quoting, wording
from outreach.rendering.names import Constants, Kind
from outreach.rendering.templates import GLOBALS, Environment, bound

#: One entry of a mail's body: the number of a chunk, or bytes of the person's own.
Entry = int | bytes
#: The loop variable over the picked offers' entries, and the ready-made bytes of a link's token.
_ENTRY = "_entry"
TOKEN = "_token_"  # noqa: S105  # the name of a variable

_CAPTURING = (
    nodes.Macro, nodes.CallBlock, nodes.FilterBlock, nodes.AssignBlock, nodes.Block, nodes.Extends, nodes.Include,
    nodes.Import, nodes.FromImport, nodes.EvalContextModifier, nodes.ScopedEvalContextModifier,
)  # fmt: skip


class Unspecialisable(Exception):  # noqa: N818  # a verdict, not an error
    """The template catches its own output; render it plainly."""


@dataclass(slots=True)
class Chunks:
    """The static runs of one skeleton, each once."""

    runs: list[bytes] = field(default_factory=list)
    _numbers: dict[bytes, int] = field(default_factory=dict)

    def number(self, run: bytes) -> int:
        """The number of this run, new or known."""
        known = self._numbers.get(run)
        if known is None:
            known = self._numbers[run] = len(self.runs)
            self.runs.append(run)
        return known


@dataclass(frozen=True, slots=True)
class Specialised:
    """A body part ready to run."""

    root: Callable[[Values], Iterator[Entry]]
    #: Names that it looks up.
    names: frozenset[str]
    eval_ctx: EvalContext


class Values:
    """The little of Jinja2's Context that a template needs; making one costs a tenth."""

    __slots__ = ("eval_ctx", "exported_vars", "resolve_or_missing", "values", "vars")

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values
        #: Of the part under way.
        self.eval_ctx: EvalContext | None = None
        #: Where the template writes what it sets; it reads that from its own variables.
        self.vars: dict[str, Any] = {}
        self.exported_vars: set[str] = set()
        self.resolve_or_missing = _Looked(values).__getitem__

    @staticmethod
    def call(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Call `range` or a method of a text; the sandbox has looked at it."""
        # What Jinja2 hands to functions that ask for the context; none here does.
        named.pop("_loop_vars", None)
        named.pop("_block_vars", None)
        return function(*arguments, **named)


class _Looked(dict[str, Any]):
    """Values as a template looks them up: found without a call of Python's."""

    def __missing__(self, name: str) -> Any:
        return GLOBALS.get(name, absent)


class _Codegen(CodeGenerator):
    """Prints chunk numbers for constants and encoded bytes for the rest."""

    environment: _Encoding

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        return repr(self.environment.chunks.number(quoting.encoded("".join(group))))

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        if isinstance(node, nodes.TemplateData):
            return node.data
        return self.environment.worded(node.as_const(frame.eval_ctx))

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("(" if _is_ready(node) else "environment.finalize(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(")")


def _is_ready(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Name) and (node.name == _ENTRY or node.name.startswith(TOKEN))


class _Encoding(Environment):
    """The sandbox, printing encoded bytes into a skeleton's chunks."""

    code_generator_class = _Codegen

    def __init__(self, language: str, kind: Kind, chunks: Chunks) -> None:
        super().__init__(language, kind, finalize=_encoder(language, kind))
        self.chunks = chunks
        self.worded = _worder(language, kind)


def _worder(language: str, kind: Kind) -> Callable[[Any], str]:
    if kind == "html":
        return lambda value: str(escape(wording.printed(value, language)))
    return lambda value: str(wording.printed(value, language))


@lru_cache(64)
def _encoder(language: str, kind: Kind) -> Callable[[Any], bytes]:
    """Values to encoded bytes; the last ones are kept, as names and entities come back all the time."""
    worded = _worder(language, kind)
    # typed: Markup and str with the same text are equal, but only one of them is escaped.
    return lru_cache(16_384, typed=True)(lambda value: quoting.encoded(worded(value)))


def specialise(
    source: str, language: str, kind: Kind, constants: Constants, base_url: str, chunks: Chunks
) -> Specialised:
    """Compile a template's source, adding its static runs to `chunks`.

    Raises:
        Unspecialisable: it takes the plain path.
        jinja2.TemplateSyntaxError: it is no template.
    """
    env = _Encoding(language, kind, chunks)
    tree = bound(env.parse(source))
    if any(tree.find(kind_of) for kind_of in _CAPTURING) or any(loop.recursive for loop in tree.find_all(nodes.For)):
        raise Unspecialisable
    names.bind(tree, constants, kind)
    context = EvalContext(env)
    tree.body = _simplified(tree.body, context, env.worded(f"{base_url}/"))
    tree.set_environment(env)
    used = names.looked_up(tree)
    template = Template.from_code(env, env.compile(tree), {})
    # It takes our Values as well as Jinja2's Context.
    return Specialised(template.root_render_func, used, context)  # type: ignore[arg-type]


def _simplified(statements: list[nodes.Node], context: EvalContext, base_url: str) -> list[nodes.Node]:
    """The statements with decided conditions gone and neighbouring outputs joined."""
    made: list[nodes.Node] = []
    for statement in statements:
        for simple in _expanded(statement, context, base_url):
            if made and isinstance(simple, nodes.Output) and isinstance(made[-1], nodes.Output):
                made[-1].nodes.extend(simple.nodes)
            else:
                made.append(simple)
    return made


def _expanded(statement: nodes.Node, context: EvalContext, base_url: str) -> list[nodes.Node]:
    if isinstance(statement, nodes.Output):
        return _printed(statement, base_url)
    if isinstance(statement, nodes.If):
        return _decided(statement, context, base_url)
    for name in ("body", "else_"):
        inner = getattr(statement, name, None)
        if isinstance(inner, list):
            setattr(statement, name, _simplified(inner, context, base_url))
    return [statement]


def _decided(branch: nodes.If, context: EvalContext, base_url: str) -> list[nodes.Node]:
    """The branch that a constant condition leaves, or the whole where it depends on the person."""
    arms = [branch, *branch.elif_]
    for place, arm in enumerate(arms):
        try:
            assert isinstance(arm.test, nodes.Expr)
            holds = bool(arm.test.as_const(context))
        except nodes.Impossible:
            rest = nodes.If(arm.test, _simplified(arm.body, context, base_url), [], [], lineno=arm.lineno)
            later = arms[place + 1 :]
            if later:
                tail = nodes.If(later[0].test, later[0].body, later[1:], branch.else_, lineno=later[0].lineno)
                rest.else_ = _decided(tail, context, base_url)
            else:
                rest.else_ = _simplified(branch.else_, context, base_url)
            return [rest]
        if holds:
            return _simplified(arm.body, context, base_url)
    return _simplified(branch.else_, context, base_url)


def _printed(output: nodes.Output, base_url: str) -> list[nodes.Node]:
    """The output with links split into constant and token, and the offers as a loop over ready entries."""
    made: list[nodes.Node] = []
    children: list[nodes.Expr] = []
    for child in output.nodes:
        name = child.name if isinstance(child, nodes.Name) else ""
        if name in names.OFFERS.values():
            made += [nodes.Output(children, lineno=output.lineno), _entries(name, output.lineno)]
            children = []
        elif name.startswith(names.LINK):
            part = name.removeprefix(names.LINK)
            children.append(nodes.TemplateData(base_url + names.path(part) + "/"))
            children.append(nodes.Name(TOKEN + part, "load", lineno=child.lineno))
        else:
            children.append(child)
    return [*made, nodes.Output(children, lineno=output.lineno)]


def _entries(name: str, line: int) -> nodes.For:
    printed = nodes.Output([nodes.Name(_ENTRY, "load", lineno=line)], lineno=line)
    target = nodes.Name(_ENTRY, "store", lineno=line)
    return nodes.For(target, nodes.Name(name, "load", lineno=line), [printed], [], None, False, lineno=line)
