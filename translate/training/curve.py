"""The course of a training as one SVG: losses above, scores below, over the minutes."""

from collections.abc import Mapping, Sequence
from html import escape

_WIDTH, _HEIGHT, _LEFT, _GAP = 760, 220, 54, 46
_LOSSES = {"train": "#999999", "development": "#1f6feb", "average": "#d1242f", "another source": "#c9a400"}
_SCORES = {"bleu": "#1a7f37", "chrf": "#8250df"}
_PALETTE = ("#bf3989", "#0a7d91", "#7d4e00")


def draw_curve(rows: Sequence[Mapping[str, float]]) -> str:
    """
    An SVG document of all losses (nats per piece) and scores in a training's log.

    Rows without a value are left out of its line; a panel without any is left out.
    """
    known = {*_LOSSES, *_SCORES, "minutes", "step", "target_tokens", "tokens_per_second", "rate", "caution",
             "left out"}  # fmt: skip
    others = sorted({name for row in rows for name in row} - known)
    losses = _LOSSES | {name: _PALETTE[i % len(_PALETTE)] for i, name in enumerate(others)}
    end = max((row["minutes"] for row in rows), default=0.0) or 1.0
    panels = [_panel(rows, losses, end, "loss"), _panel(rows, _SCORES, end, "score")]
    drawn = [panel for panel in panels if panel]
    height = len(drawn) * (_HEIGHT + _GAP) + 10
    body = "".join(
        f'<g transform="translate(0 {10 + i * (_HEIGHT + _GAP)})">{panel}</g>'
        for i, panel in enumerate(drawn)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="white"/>{body}</svg>\n'
    )


def _panel(rows: Sequence[Mapping[str, float]], colours: Mapping[str, str], end: float, title: str) -> str:
    lines = {
        name: [(row["minutes"], row[name]) for row in rows if name in row and row[name] == row[name]]
        for name in colours
    }
    values = [value for line in lines.values() for _, value in line]
    if not values:
        return ""
    low, high = min(values), max(values)
    margin = (high - low) * 0.05 or 0.5
    low, high = low - margin, high + margin
    right = _WIDTH - 150

    def place(minutes: float, value: float) -> str:
        x = _LEFT + (right - _LEFT) * minutes / end
        return f"{x:.1f},{_HEIGHT * (1 - (value - low) / (high - low)):.1f}"

    parts = [f'<rect x="{_LEFT}" width="{right - _LEFT}" height="{_HEIGHT}" fill="none" stroke="#ccc"/>']
    for step in range(5):
        value = low + (high - low) * step / 4
        y = _HEIGHT * (1 - step / 4)
        parts.append(f'<line x1="{_LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#eee"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.2f}</text>')
        x = _LEFT + (right - _LEFT) * step / 4
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT + 16}" text-anchor="middle">{end * step / 4:.1f}</text>')
    parts.append(f'<text x="{right + 6}" y="{_HEIGHT + 16}">minutes</text>')
    shown = 0
    for name, line in lines.items():
        if not line:
            continue
        points = " ".join(place(*point) for point in line)
        colour = colours[name]
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts += [
            f'<circle cx="{p.split(",")[0]}" cy="{p.split(",")[1]}" r="2" fill="{colour}"/>'
            for p in points.split()
        ]
        label = f"{escape(name)} {line[-1][1]:.2f}"
        parts.append(f'<text x="{right + 8}" y="{16 + 18 * shown}" fill="{colour}">{label}</text>')
        shown += 1
    parts.append(f'<text x="4" y="12" font-weight="bold">{escape(title)}</text>')
    return "".join(parts)
