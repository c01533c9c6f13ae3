"""Charts as SVG that stands in the page: no script, no picture from elsewhere, readable on a telephone and in the dark.

Lengths are in units of which a chart is 320 wide; the page's style gives the colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from math import ceil, log10

_WIDTH = 320
#: Room for the numbers beside a column chart, below it, and above it.
_LEFT, _BELOW, _ABOVE = 44, 18, 8
_HEIGHT = 130
#: A bar with its name above it.
_ROW, _BAR = 32, 12
#: Room for the number at the end of a bar.
_NUMBER = 52
#: Names below columns, at most.
_NAMES = 6


def columns(title: str, names: Sequence[str], values: Sequence[int]) -> str:
    """Upright bars in the order of time; some of the names stand below them, all of them in the tips."""
    top = _round_up(max(values, default=0))
    step = (_WIDTH - _LEFT) / max(len(values), 1)
    every = ceil(len(names) / _NAMES)
    parts = [*_grid(top)]
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        x, height = _LEFT + i * step, _HEIGHT * value / top
        parts.append(
            f'<rect class="bar" x="{x + step * 0.1:.1f}" y="{_ABOVE + _HEIGHT - height:.1f}" '
            f'width="{step * 0.8:.1f}" height="{height:.1f}"><title>{escape(name)}: {value:,}</title></rect>'
        )
        if i % every == 0:
            parts.append(f'<text x="{x:.1f}" y="{_ABOVE + _HEIGHT + 13}">{escape(name[5:])}</text>')
    return _svg(title, _ABOVE + _HEIGHT + _BELOW, parts)


def bars(title: str, names: Sequence[str], values: Sequence[int]) -> str:
    """Lying bars, each with its name above it and its number at its end."""
    top = max([*values, 1])
    parts = []
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        y, width = i * _ROW, (_WIDTH - _NUMBER) * value / top
        parts.append(f'<text x="0" y="{y + 11}">{escape(name)}</text>')
        parts.append(f'<rect class="bar" x="0" y="{y + 15}" width="{max(width, 1):.1f}" height="{_BAR}"/>')
        parts.append(f'<text x="{width + 5:.1f}" y="{y + 25}">{value:,}</text>')
    return _svg(title, len(names) * _ROW, parts)


def _grid(top: int) -> Iterator[str]:
    for share in (0, 0.5, 1):
        y = _ABOVE + _HEIGHT * (1 - share)
        yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="number" x="{_LEFT - 4}" y="{y + 3:.1f}">{_short(top * share)}</text>'


def _round_up(value: int) -> int:
    """The next number above that halves well: 2, 4, 6, 8 or 10 of its power of ten."""
    if value <= 1:
        return 2
    unit: int = 10 ** int(log10(value))
    return next(unit * n for n in (2, 4, 6, 8, 10, 12) if unit * n >= value)


def _short(value: float) -> str:
    if value >= 10_000:
        return f"{value / 1000:g}k"
    return f"{value:,g}"


def _svg(title: str, height: int, parts: Sequence[str]) -> str:
    said = escape(title, quote=True)
    return f'<svg role="img" aria-label="{said}" viewBox="0 0 {_WIDTH} {height}">{"".join(parts)}</svg>'
