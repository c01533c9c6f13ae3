"""A simulation as one HTML page: charts, a table for each, and nothing that is fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from outreach.simulation import charts
from outreach.simulation.budgeting import Breach
from outreach.simulation.comparing import Comparison
from outreach.simulation.report import Figures, Report

_FIGURES = (
    "People", "Reached", "Messages", "Median", "95 %", "Highest", "Letters", "Seats", "Passed over", "Expired",
    "Not reachable",
)  # fmt: skip


def page(title: str, report: Report, broken: Sequence[Breach], comparison: Comparison | None) -> str:
    """The whole document."""
    parts = [_head(title, report), *map(_breach, broken), *([_comparison(comparison)] if comparison else []),
             *_sections(report)]  # fmt: skip
    return _PAGE.format(title=escape(title), style=_STYLE, body="\n".join(parts))


def _head(title: str, report: Report) -> str:
    total, busiest = report.total, report.busiest
    model = report.responses or "the default"
    return (
        f"<h1>{escape(title)}</h1><p>{report.days} days from {report.first} on, over {total.people:,} people "
        f"({report.roster} roster). Response model: {escape(model)}; seed {report.seed}. Made ahead: nothing was "
        f"sent.</p><p class=lead><b>{total.messages:,}</b> messages to <b>{total.reached:,}</b> people. Half of the "
        f"people get at most <b>{total.per_person.median}</b>, 95 in a hundred at most "
        f"<b>{total.per_person.p95}</b>, nobody more than <b>{total.per_person.highest}</b>; "
        f"in any {busiest.days} days nobody gets more than <b>{busiest.highest}</b>.</p>"
    )


def _breach(breach: Breach) -> str:
    return (
        f"<p class=broken><b>Budget broken</b> ({escape(breach.where)}): {escape(breach.what)}. "
        f"{escape(breach.remedy)}</p>"
    )


def _comparison(found: Comparison) -> str:
    rows = [
        (kind, name.replace("_", " "), change.before, change.after, f"{change.more:+,}")
        for kind, changes in (("all", found.total), ("campaign", found.campaigns), ("segment", found.segments))
        for name, change in changes.items()
    ]
    sentence = found.sentence()
    told = f"<p>{escape(sentence[0].upper() + sentence[1:])}.</p>"
    return _section(
        f"Against {found.revision}", told, _table(("", "What", "Before", "After", "More"), rows, words=2), opened=True
    )


def _sections(report: Report) -> Iterator[str]:
    weeks = [str(week.monday) for week in report.weeks]
    rows = _table(("Week from", *_FIGURES), [(f"{week.monday}", *_cells(week.total)) for week in report.weeks])
    for title, kind in _OVER_TIME:
        values = [getattr(week.total, kind) for week in report.weeks]
        yield _section(title, charts.columns(title, weeks, values), rows)
    names, figures = list(report.segments), list(report.segments.values())
    rows = _table(("Segment", *_FIGURES), [(name, *_cells(one)) for name, one in report.segments.items()])
    title = "Messages to a person, 95 in a hundred at most, by segment"
    yield _section(title, charts.bars(title, names, [one.per_person.p95 for one in figures]), rows)
    title = f"People by the most messages they get in any {report.busiest.days} days"
    most = report.busiest.people
    chart = charts.bars(title, [_messages(number) for number in most], list(most.values()))
    yield _section(title, chart, _table(("Messages", "People"), most.items(), words=0))
    title = "People reached, by campaign"
    by_reach = sorted(report.campaigns, key=lambda one: (-one.people, one.campaign))
    chart = charts.bars(title, [one.title for one in by_reach], [one.people for one in by_reach])
    not_sent = [
        (one.campaign, one.people, one.messages, ", ".join(f"{why} {n:,}" for why, n in one.not_sent.items()) or "–")
        for one in by_reach
    ]
    yield _section(title, chart, _table(("Campaign", "People", "Messages", "Not sent"), not_sent))


_OVER_TIME = (
    ("Messages a week", "messages"),
    ("Passed over by the frequency cap, a week", "passed_over"),
    ("Expired, a week", "expired"),
    ("Not reachable by e-mail, a week", "not_reachable"),
)


def _cells(figures: Figures) -> tuple[int, ...]:
    each = figures.per_person
    return (
        figures.people, figures.reached, figures.messages, each.median, each.p95, each.highest,
        figures.letters, figures.seats, figures.passed_over, figures.expired, figures.not_reachable,
    )  # fmt: skip


def _messages(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"


def _section(title: str, content: str, table: str, *, opened: bool = False) -> str:
    state = " open" if opened else ""
    return (
        f"<section><h2>{escape(title)}</h2>{content}<details{state}><summary>Table</summary>"
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(title, quote=True)}">{table}</div>'
        f"</details></section>"
    )


def _table(headers: Sequence[str], rows: Iterable[Sequence[object]], *, words: int = 1) -> str:
    """A table whose first `words` columns are texts."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in headers)
    body = "".join(
        "<tr>" + "".join(_cell(value, is_word=i < words) for i, value in enumerate(row)) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object, *, is_word: bool) -> str:
    if is_word:
        return f'<th scope="row">{escape(str(value))}</th>'
    return f"<td>{f'{value:,}' if isinstance(value, int) else escape(str(value))}</td>"


_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body><main>
{body}
</main></body>
</html>
"""
_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --paper: #fff; --soft: #5a6572; --line: #d5dae0; --bar: #1f6f8b;
  --alarm: #a3231c; --alarm-paper: #fdeceb }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --paper: #14181d; --soft: #a3adb8; --line: #39424d;
  --bar: #5cb3d0; --alarm: #ffb4ad; --alarm-paper: #3a1a18 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 66rem; margin: 0 auto; padding: 1rem; display: grid; gap: 0 2.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)) }
h1, p { grid-column: 1 / -1; margin: 0 0 .75rem; overflow-wrap: anywhere } h1 { font-size: 1.5rem; line-height: 1.25 }
h2 { font-size: 1rem; margin: 0 0 .5rem } section { min-width: 0; margin: 1rem 0 }
.lead { font-size: 1.1rem }
.broken { color: var(--alarm); background: var(--alarm-paper); padding: .5rem .75rem; border-left: .25rem solid }
svg { display: block; width: 100%; max-width: 30rem; height: auto; font-size: 12px } svg text { fill: var(--ink) }
svg .number { text-anchor: end; fill: var(--soft) } svg .bar { fill: var(--bar) } svg .grid { stroke: var(--line) }
summary { cursor: pointer; color: var(--soft); padding: .35rem 0 }
.wide { overflow-x: auto } table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums }
th, td { padding: .2rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap }
thead th { color: var(--soft) } th[scope=row], thead th:first-child { text-align: left }
"""
