"""The names a template may use, in one table, and how they become what a render is given.

Before a template is compiled, `bind` turns `person.first_name` into the plain name `_fact_first_name`, and what
is known for a whole campaign (`sender.name`, `reminder.number`) into a constant. So a render looks up only the
names that it uses, a field may be called `items` without meeting Python's own, and constants can be folded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from jinja2 import nodes

#: `html` is escaped, `text` and `subject` are not.
Kind = Literal["html", "text", "subject"]
#: What is the same in all mails of a campaign, by its name in templates.
Constants = Mapping[str, str | int]

#: Name -> its parts; empty where the name stands by itself. `person` has the fields of the roster, `answers` the
#: outcomes that a reader may say themselves.
VARIABLES: dict[str, tuple[str, ...]] = {
    "person": (),
    "reminder": ("number",),
    "offers": (),
    "offer_count": (),
    "sender": ("name", "email", "phone", "signature"),
    "organisation": (),
    "links": ("unsubscribe", "choices", "about", "browser"),
    "answers": (),
    "campaign": ("title",),
    "session": ("title", "day", "time", "place", "link"),
    "bundle": ("entity", "first", "last", "news", "sessions"),
    "date": (),
    "language": (),
}
#: Names that only a layout may print, filled in when the layout is compiled.
LAYOUT_NAMES = ("content", "preheader", "subject")
#: Facts that everybody has; all others are optional.
CERTAIN_FACTS = frozenset({"person_id", "status", "language"})

#: Where each link leads on the public site.
LINK_PATHS = {"unsubscribe": "u", "choices": "c", "about": "a", "browser": "b", "answer": "r"}

FACT = "_fact_"
LINK = "_link_"
#: What follows `LINK` where it is an answer, before its outcome.
ANSWER = "answer_"
DATE = "_date"
OFFER_COUNT = "_offer_count"
#: The picked offers by kind of text, where they are printed and where they are tested or worked with.
OFFERS = {"html": "_offers_html", "text": "_offers_text", "subject": "_offers_text"}
OFFERS_VALUE = {"html": "_offers_value_html", "text": "_offers_value_text", "subject": "_offers_value_text"}


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a template uses a name."""

    name: str
    #: `first_name` of `person.first_name`; None where the name stands by itself.
    part: str | None
    line: int


def uses(tree: nodes.Node) -> Iterator[Use]:
    """Every use of a name that is not set in the template itself, in order."""
    for child in tree.iter_child_nodes():
        dotted = _dotted(child)
        if dotted:
            yield Use(*dotted, line=child.lineno)
        elif isinstance(child, nodes.Name) and child.ctx == "load":
            yield Use(child.name, None, child.lineno)
        else:
            yield from uses(child)


def _dotted(node: nodes.Node) -> tuple[str, str] | None:
    """(`person`, `first_name`) of `person.first_name` and `person["first_name"]`."""
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return node.node.name, node.attr
    if (
        isinstance(node, nodes.Getitem)
        and isinstance(node.node, nodes.Name)
        and isinstance(node.arg, nodes.Const)
        and isinstance(node.arg.value, str)
    ):
        return node.node.name, node.arg.value
    return None


def bind(tree: nodes.Template, constants: Constants, kind: Kind) -> nodes.Template:
    """The tree with the names of `VARIABLES` replaced (in place); names of the template's own stay.

    `constants` maps `sender.name`, `organisation`, … to their values.
    """
    _bind(tree, constants, kind)
    return tree


def looked_up(tree: nodes.Template) -> frozenset[str]:
    """The names that a bound tree asks of its context."""
    return frozenset(name.name for name in tree.find_all(nodes.Name) if name.ctx == "load")


def facts(used: Iterable[str]) -> frozenset[str]:
    """The fields of the person among the names that `looked_up` gave."""
    return frozenset(name.removeprefix(FACT) for name in used if name.startswith(FACT))


def answer(outcome: str) -> str:
    """What follows `LINK` for the answer that is this outcome."""
    # A name of Jinja2 has no hyphens, an id has no underscores.
    return ANSWER + outcome.replace("-", "_")


def answers(used: Iterable[str]) -> tuple[str, ...]:
    """The outcomes whose answers are among the ends of names of links."""
    return tuple(sorted(name.removeprefix(ANSWER).replace("_", "-") for name in used if name.startswith(ANSWER)))


def path(link: str) -> str:
    """Where a link leads, by what follows `LINK`."""
    return LINK_PATHS[link.partition("_")[0]]


def _bind(parent: nodes.Node, constants: Constants, kind: Kind) -> None:
    for name, child in list(parent.iter_fields()):
        if isinstance(child, nodes.Node):
            setattr(parent, name, _bound(child, parent, constants, kind))
        elif isinstance(child, list):
            child[:] = [
                _bound(item, parent, constants, kind) if isinstance(item, nodes.Node) else item for item in child
            ]


def _bound(node: nodes.Node, parent: nodes.Node, constants: Constants, kind: Kind) -> nodes.Node:
    dotted = _dotted(node)
    if dotted and dotted[0] in VARIABLES:
        return _bound_part(node, *dotted, constants)
    if isinstance(node, nodes.Name) and node.ctx == "load" and node.name in VARIABLES:
        return _bound_name(node, parent, constants, kind)
    _bind(node, constants, kind)
    return node


def _bound_part(node: nodes.Node, name: str, part: str, constants: Constants) -> nodes.Node:
    if name == "person":
        return nodes.Name(FACT + part, "load", lineno=node.lineno)
    if name == "links" and part in VARIABLES["links"]:
        return nodes.Name(LINK + part, "load", lineno=node.lineno)
    if name == "answers":
        return nodes.Name(LINK + answer(part), "load", lineno=node.lineno)
    constant = constants.get(f"{name}.{part}")
    return node if constant is None else nodes.Const(constant, lineno=node.lineno)


def _bound_name(node: nodes.Name, parent: nodes.Node, constants: Constants, kind: Kind) -> nodes.Node:
    if node.name == "offers":
        choice = OFFERS if isinstance(parent, nodes.Output) else OFFERS_VALUE
        return nodes.Name(choice[kind], "load", lineno=node.lineno)
    plain = {"date": DATE, "offer_count": OFFER_COUNT}.get(node.name)
    if plain:
        return nodes.Name(plain, "load", lineno=node.lineno)
    constant = constants.get(node.name)
    return node if constant is None else nodes.Const(constant, lineno=node.lineno)
