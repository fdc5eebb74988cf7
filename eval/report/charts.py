"""
Small SVG charts, drawn by hand so that they follow the page's colours and print.

Every function gives one `<svg>` as text. Systems are coloured by the CSS classes
``s0``, ``s1`` …; numbers, not pixels, go in.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH = 440
_COLOURS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One value with its interval (None where there is none)."""

    label: str
    value: float
    low: float | None
    high: float | None


def bars(items: Sequence[Bar], name: str, *, decimals: int = 1) -> str:
    """Horizontal bars with whiskers, one per system, from 0; values are written to so many decimals."""
    left, right, row = 124, 46 if decimals < 3 else 64, 34
    height = row * len(items) + 26
    top = nice(max([item.high or item.value for item in items] + [1e-9]))
    scale = (_WIDTH - left - right) / top
    parts = [_grid(ticks(top), left, scale, height - 22)]
    for number, item in enumerate(items):
        y = row * number + 6
        end = left + item.value * scale
        parts.append(_text(left - 10, y + 16, shorten(item.label, 16), "end label"))
        box = f'x="{left}" y="{y}" width="{max(end - left, 0):.1f}" height="22" rx="3"'
        parts.append(f'<rect class="{_colour(number)}" {box}/>')
        place = end
        if item.low is not None and item.high is not None:
            low, high = left + item.low * scale, left + item.high * scale
            place = max(end, high)
            parts.append(
                f'<path class="whisker" d="M{low:.1f} {y + 11}H{high:.1f}M{low:.1f} {y + 6}v10'
                f'M{high:.1f} {y + 6}v10"/>'
            )
        parts.append(_text(place + 8, y + 16, f"{item.value:.{decimals}f}", "value"))
    return _svg(height, parts, f"{name}: " + ", ".join(f"{i.label} {i.value:.{decimals}f}" for i in items))


def histogram(
    series: Sequence[tuple[str, Sequence[float]]], axis: str, *, step: int = 5, of: str = "line"
) -> str:
    """How many lines (or what ``of`` says) score how much (0–100), one outline per system."""
    left, height, bottom = 36, 220, 42
    bins = [[0] * (100 // step) for _ in series]
    for counts, (_, values) in zip(bins, series, strict=True):
        for value in values:
            counts[min(int(max(value, 0) // step), len(counts) - 1)] += 1
    top = nice(max(max(counts) for counts in bins) or 1)
    wide, tall = (_WIDTH - left - 12) / (100 // step), (height - bottom - 14) / top
    base = height - bottom
    parts = []
    for tick in ticks(top):
        y = base - tick * tall
        parts.append(f'<path class="grid" d="M{left} {y:.1f}H{_WIDTH - 12}"/>')
        parts.append(_text(left - 6, y + 4, f"{tick:g}", "end tick"))
    for number, counts in enumerate(bins):
        held = [place for place, n in enumerate(counts) if n]
        if held:
            first, last = held[0], held[-1] + 1
            path = f"M{left + first * wide:.2f} {base}" + "".join(
                f"V{base - n * tall:.1f}h{wide:.2f}" for n in counts[first:last]
            )
            parts.append(f'<path class="area {_colour(number)}" d="{path}V{base}Z"/>')
    for tick in range(0, 101, 20):
        parts.append(_text(left + tick / step * wide, base + 18, str(tick), "middle tick"))
    parts.append(_text(_WIDTH / 2, height - 6, f"{axis} of a {of}", "middle axis"))
    return _svg(height, parts, f"Distribution of {axis} over {of}s")


def scatter(xs: Sequence[float], ys: Sequence[float], x_axis: str, y_axis: str, *, diagonal: bool) -> str:
    """One dot per line; ``data-line`` is its number, from which the page shows the sentence."""
    left, height, bottom = 48, 380, 46
    x_top = 100.0 if diagonal else nice(max([*xs, 1]))
    y_top = 100.0
    wide, tall = (_WIDTH - left - 16) / x_top, (height - bottom - 12) / y_top
    base = height - bottom
    parts = []
    for tick in ticks(y_top):
        y = base - tick * tall
        parts.append(f'<path class="grid" d="M{left} {y:.1f}H{_WIDTH - 16}"/>')
        parts.append(_text(left - 6, y + 4, f"{tick:g}", "end tick"))
    for tick in ticks(x_top):
        parts.append(_text(left + tick * wide, base + 18, f"{tick:g}", "middle tick"))
    if diagonal:
        end = f"{left + x_top * wide:.1f} {base - x_top * tall:.1f}"
        parts.append(f'<path class="diagonal" d="M{left} {base}L{end}"/>')
    for line, (x, y) in enumerate(zip(xs, ys, strict=True)):
        side = "dot" if not diagonal else "dot s1" if y > x else "dot s0" if y < x else "dot same"
        parts.append(
            f'<circle class="{side}" data-line="{line}" cx="{left + min(x, x_top) * wide:.1f}" '
            f'cy="{base - min(max(y, 0), y_top) * tall:.1f}" r="3.6"/>'
        )
    parts.append(_text((_WIDTH + left) / 2, height - 8, x_axis, "middle axis"))
    turned = f'transform="translate(13 {base / 2:.0f}) rotate(-90)"'
    parts.append(f'<text class="middle axis" {turned}>{escape(y_axis)}</text>')
    return _svg(height, parts, f"{y_axis} against {x_axis}")


def dots(rows: Sequence[tuple[str, Sequence[float]]], axis: str) -> str:
    """One row per bucket, one dot per system, joined by a line; the axis spans only what there is."""
    left, row = 178, 26
    height = row * len(rows) + 40
    marks = span([value for _, values in rows for value in values])
    scale = (_WIDTH - left - 16) / (marks[-1] - marks[0])
    parts = [_grid(marks, left, scale, height - 36)]
    for number, (label, values) in enumerate(rows):
        y = row * number + 14
        parts.append(_text(left - 12, y + 4, label, "end label"))
        ends = [left + (value - marks[0]) * scale for value in values]
        parts.append(f'<path class="joint" d="M{min(ends):.1f} {y}H{max(ends):.1f}"/>')
        for system, (x, value) in enumerate(zip(ends, values, strict=True)):
            place = f'cx="{x:.1f}" cy="{y}" r="6"'
            parts.append(f'<circle class="{_colour(system)}" {place}><title>{value:.1f}</title></circle>')
    parts.append(_text((_WIDTH + left) / 2, height - 2, axis, "middle axis"))
    return _svg(height, parts, f"{axis} by kind of line")


def stacks(rows: Sequence[tuple[str, Sequence[tuple[str, float]]]], axis: str) -> str:
    """One stacked bar per system; parts are coloured ``k0``, ``k1`` …, values written where they fit."""
    left, row = 124, 40
    height = row * len(rows) + 40
    top = nice(max(sum(value for _, value in parts) for _, parts in rows) or 1)
    scale = (_WIDTH - left - 24) / top
    drawn = [_grid(ticks(top), left, scale, height - 36)]
    for number, (label, parts) in enumerate(rows):
        y, x = row * number + 6, float(left)
        drawn.append(_text(left - 10, y + 18, shorten(label, 16), "end label"))
        for kind, (name, value) in enumerate(parts):
            width = value * scale
            drawn.append(
                f'<rect class="k{kind}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="26">'
                f"<title>{escape(name)} {value:.1f}</title></rect>"
            )
            if width > 26:
                drawn.append(_text(x + width / 2, y + 18, f"{value:.1f}", "middle on"))
            x += width
    drawn.append(_text((_WIDTH + left) / 2, height - 2, axis, "middle axis"))
    return _svg(height, drawn, axis)


def nice(value: float) -> float:
    """The least of 1, 2, 2.5, 4, 5, 8, 10 times a power of ten that is not below ``value``."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * step for step in (1, 2, 2.5, 4, 5, 8, 10) if power * step >= value * 0.999)


def ticks(top: float) -> list[float]:
    """0 and four or five round numbers up to ``top``."""
    parts = 5 if round(top / 10 ** math.floor(math.log10(top)), 6) in {1, 2.5, 5} else 4
    return [top * part / parts for part in range(parts + 1)]


def span(values: Sequence[float]) -> list[float]:
    """
    Three to six round numbers from below the least value to above the greatest.

    >>> span([43.1, 60.5])
    [40.0, 45.0, 50.0, 55.0, 60.0, 65.0]
    """
    low, high = min(values, default=0.0), max(values, default=0.0)
    step = nice(max(high - low, 1.0) / 4)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(number * step, 6) for number in range(first, max(last, first + 2) + 1)]


def shorten(text: str, length: int) -> str:
    """``text``, or its beginning and an ellipsis."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _grid(marks: Sequence[float], left: int, scale: float, bottom: int) -> str:
    places = [(mark, left + (mark - marks[0]) * scale) for mark in marks]
    return "".join(
        f'<path class="grid" d="M{x:.1f} 0V{bottom}"/>' + _text(x, bottom + 16, f"{mark:g}", "middle tick")
        for mark, x in places
    )


def _colour(system: int) -> str:
    return f"s{system % _COLOURS}"


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _svg(height: float, parts: Sequence[str], label: str) -> str:
    box = f'viewBox="0 0 {_WIDTH} {height:g}" role="img" aria-label="{escape(label)}"'
    return f"<svg {box}>{''.join(parts)}</svg>"
