"""Filters of SCIM as conditions on our table, so that the database answers them, a page at a time.

A condition is true or false and never NULL, so that `not` means what it says; no text of a filter is a pattern. Where
databases and the library may differ (small letters outside of ASCII), or an attribute is not here, SQL lets through at
least what the filter does, and the library judges what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scim2_models import Path, ScimFilter
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)
from sqlalchemy import (
    ColumnElement,
    String,
    TableValuedAlias,
    and_,
    case,
    collate,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from outreach.roster.values import HOSTILE
from outreach.storage.tables import scim_user
from outreach.web.scim.schema import Employment, Enterprise, Person, User

Texts = dict[str, ColumnElement[Any]]
_CORE = str(User.__schema__).casefold()
_CHECKS: dict[CompareOperator, Callable[[ColumnElement[Any], Any], ColumnElement[bool]]] = {
    CompareOperator.eq: lambda here, wanted: here == wanted,
    CompareOperator.gt: lambda here, wanted: here > wanted,
    CompareOperator.ge: lambda here, wanted: here >= wanted,
    CompareOperator.lt: lambda here, wanted: here < wanted,
    CompareOperator.le: lambda here, wanted: here <= wanted,
}


@dataclass(frozen=True, slots=True)
class Said:
    """What SQL says of a filter."""

    #: Lets through whatever the filter does.
    condition: ColumnElement[bool]
    #: And nothing else.
    is_exact: bool = True


#: SQL knows nothing of it.
_ANY = Said(true(), is_exact=False)


def said(wanted: ScimFilter[Any], dialect: str) -> Said:
    """What SQL says of that filter, in the words of `sqlite` or `postgresql`."""
    return _Translator(_attributes(), "", dialect).visit(wanted.ast)


def _attributes() -> Texts:
    """Attribute, as a filter names it in small letters -> where it stands."""
    body = scim_user.c.body
    found: Texts = {
        "id": scim_user.c.id,
        "externalid": scim_user.c.external_id,
        "username": scim_user.c.user_key,
        "active": body["active"].as_boolean(),
        "preferredlanguage": body["preferredLanguage"].as_string(),
        "name.givenname": body["name", "givenName"].as_string(),
        "name.familyname": body["name", "familyName"].as_string(),
        "meta.resourcetype": literal("User", String),
        "meta.created": scim_user.c.created_at,
        "meta.lastmodified": scim_user.c.changed_at,
    }
    for extension in (Enterprise, Employment):
        schema = str(extension.__schema__)
        for field in extension.model_fields.values():
            name = str(field.serialization_alias)
            found[f"{schema}:{name}".casefold()] = body[schema, name].as_string()
    return found


class _Translator(FilterVisitor[Said]):
    """Of whole people, or (with the `prefix` of their attribute) of the e-mail addresses of one."""

    def __init__(self, texts: Texts, prefix: str, dialect: str) -> None:
        self._texts = texts
        self._prefix = prefix
        self._dialect = dialect

    def visit_comparison(self, node: Comparison) -> Said:
        name = _name(node.attr_path)
        here = self._texts.get(name)
        if here is None:
            return self._of_emails(node, name)
        if isinstance(node.value, str):
            return self._of_text(node, name, here)
        if node.value is None or isinstance(node.value, bool):
            return _of_other(node, here)
        return _ANY

    def visit_present(self, node: Present) -> Said:
        here = self._texts.get(_name(node.attr_path))
        if here is None:
            return _ANY
        is_text = isinstance(here.type, String)
        return Said(and_(here.is_not(None), here != "") if is_text else here.is_not(None))

    def visit_not(self, node: Not) -> Said:
        inner = self.visit(node.expr)
        # All that might be outside of what is too wide is everything.
        return Said(not_(inner.condition)) if inner.is_exact else _ANY

    def visit_logical_expr(self, node: LogicalExpr) -> Said:
        terms = [self.visit(term) for term in node.terms]
        join = and_ if node.op == LogicalOperator.and_ else or_
        return Said(join(*(term.condition for term in terms)), all(term.is_exact for term in terms))

    def visit_value_path(self, node: ValuePath) -> Said:
        return self._any_email(node.val_filter) if _name(node.attr_path) == "emails" and not self._prefix else _ANY

    def _of_text(self, node: Comparison, name: str, here: ColumnElement[Any]) -> Said:
        if not isinstance(here.type, String):
            return _of_moment(node, here)
        binding = Path[Person](self._prefix + str(node.attr_path)).resolve()
        if binding is None or HOSTILE.search(node.value):
            return _ANY
        wanted = binding.comparable(node.value)
        # `user_key` holds what is compared.
        is_ready = binding.case_exact or name == "username"
        condition = _check(node.op, here if is_ready else _small(here), wanted, self._dialect)
        return Said(condition) if is_ready or wanted.isascii() else _ANY

    def _of_emails(self, node: Comparison, name: str) -> Said:
        attribute, _, inner = name.partition(".")
        if self._prefix or attribute != "emails" or node.value is None:
            return _ANY
        path = AttrPath(inner or "value")
        if node.op != CompareOperator.ne:
            return self._any_email(Comparison(path, node.op, node.value))
        return self.visit_not(Not(self._one_email(Comparison(path, CompareOperator.eq, node.value))))

    def _one_email(self, inner: FilterNode) -> ValuePath:
        return ValuePath(AttrPath("emails"), inner)

    def _any_email(self, inner: FilterNode) -> Said:
        each, texts = _emails(self._dialect)
        found = _Translator(texts, "emails.", self._dialect).visit(inner)
        return Said(exists(select(literal(1)).select_from(each).where(found.condition)), found.is_exact)


def _name(path: AttrPath) -> str:
    schema = (path.uri or "").casefold()
    name = f"{path.attr}.{path.sub_attr}" if path.sub_attr else path.attr
    return (f"{schema}:{name}" if schema not in ("", _CORE) else name).casefold()


def _check(op: CompareOperator, here: ColumnElement[Any], wanted: str, dialect: str) -> ColumnElement[bool]:
    """Two-valued, whatever is missing; without patterns, in which a filter could have wildcards."""
    size = len(wanted)
    match op:
        case CompareOperator.ne:
            return not_(_check(CompareOperator.eq, here, wanted, dialect))
        case CompareOperator.co:
            found = func.replace(here, wanted, "") != here if wanted else true()
        case CompareOperator.sw:
            found = func.substr(here, 1, size) == wanted
        case CompareOperator.ew:
            found = and_(func.length(here) >= size, func.substr(here, func.length(here) - size + 1) == wanted)
        case _:
            # By code point, as the library orders, and not as a language does.
            found = _CHECKS[op](here if dialect == "sqlite" else collate(here, "C"), wanted)
    return and_(here.is_not(None), found)


def _small(here: ColumnElement[Any]) -> ColumnElement[Any]:
    """In small letters, as far as a text in ASCII can tell; of all other large ones one has ASCII in its small form."""
    return func.lower(func.replace(here, "\u0130", "i\u0307"))


def _of_moment(node: Comparison, here: ColumnElement[Any]) -> Said:
    try:
        wanted = datetime.fromisoformat(node.value)
    except ValueError:
        return _ANY
    if wanted.tzinfo is None or node.op not in (*_CHECKS, CompareOperator.ne):
        return _ANY
    wanted = wanted.astimezone(UTC)
    return Said(here != wanted if node.op == CompareOperator.ne else _CHECKS[node.op](here, wanted))


def _of_other(node: Comparison, here: ColumnElement[Any]) -> Said:
    """Equal, or not, to true, false or nothing."""
    equal = here.is_(None) if node.value is None else and_(here.is_not(None), here == node.value)
    match node.op:
        case CompareOperator.eq:
            return Said(equal)
        case CompareOperator.ne:
            return Said(not_(equal))
    return Said(false()) if node.value is None else _ANY


def _emails(dialect: str) -> tuple[TableValuedAlias, Texts]:
    """The e-mail addresses of the person of a row, and what is said of each."""
    names: Iterable[str] = ("value", "type", "display")
    body = scim_user.c.body
    if dialect == "sqlite":
        each = func.json_each(body, "$.emails").table_valued("value", "type")
        return each, {name: func.json_extract(each.c.value, f"$.{name}", type_=String) for name in names}
    listed = case((func.json_typeof(body["emails"]) == "array", body["emails"]))
    each = func.json_array_elements(listed).table_valued("value")
    return each, {name: func.json_extract_path_text(each.c.value, name, type_=String) for name in names}
