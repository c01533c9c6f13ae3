"""Reading a response model from YAML, with every mistake in its place."""

from __future__ import annotations

from pathlib import Path

from outreach.definitions.findings import Findings
from outreach.definitions.forms.responses import ResponseForm, ResponsesForm
from outreach.definitions.mistakes import judge
from outreach.definitions.model import Definitions
from outreach.definitions.names import Names
from outreach.definitions.reading import read
from outreach.errors import OutreachError, Problem
from outreach.simulation.responses import OfferResponse, Response, Responses


def read_responses(path: Path, definitions: Definitions) -> Responses:
    """The response model in a file, about campaigns and offers that there are.

    Raises:
        OutreachError: it cannot be read, or says something that cannot be.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise OutreachError(
            f"the response model cannot be read: {error.strerror}", where=str(path), remedy="Name a file that is there."
        ) from None
    findings, document = Findings(), read(str(path), raw)
    names = Names({"campaign": frozenset(definitions.campaigns), "offer": frozenset(definitions.offers)})
    problems = document.problems
    if document.readable:
        form = judge(ResponsesForm, document.data, document, (), names, findings)
        problems = (*problems, *findings.problems)
    if problems:
        raise _refusal(problems)
    return _built(form, str(path))


def _refusal(problems: tuple[Problem, ...]) -> OutreachError:
    """The first mistake as an error, and how many more there are."""
    first = min(problems)
    path = f"{first.path}: " if first.path else ""
    more = f" And {len(problems) - 1} more in this file." if len(problems) > 1 else ""
    where = f"{first.file}:{first.line}:{first.column}"
    return OutreachError(f"{path}{first.message}", where=where, remedy=f"{first.remedy}{more}")


def _built(form: ResponsesForm, file: str) -> Responses:
    default = _response(form.default, Response())
    return Responses(
        default=default,
        campaigns={name: _response(own, default) for name, own in form.campaigns.items()},
        offers={
            name: OfferResponse(own.uses, own.within.days if own.within else None) for name, own in form.offers.items()
        },
        seed=form.seed,
        file=file,
    )


def _response(form: ResponseForm, default: Response) -> Response:
    return Response(
        registers=default.registers if form.registers is None else form.registers,
        uses=default.uses if form.uses is None else form.uses,
        within=form.within.days if form.within else default.within,
    )
