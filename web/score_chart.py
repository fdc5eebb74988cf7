"""The chart of an article's scores: one bar a pair, drawn as SVG without styles of its own."""

from collections.abc import Sequence

from markupsafe import Markup

from web.scores import BeadScore

_LEFT, _HEIGHT, _BASE, _BOTTOM = 36, 190, 200, 34
_LEAST_WIDTH, _STEP = 640, 14


def draw(
    beads: Sequence[BeadScore], address: str, *, mean: float, label: str, names: Sequence[str]
) -> Markup:
    """
    chrF of every pair in the article's order; a bar leads to ``address`` with the pair's anchor.

    ``mean`` is the document's own score, drawn as a line. Where a person
    corrected, the bar is that text's, and a tick says what the machine's was.
    ``label`` tells what the chart is, ``names`` what each bar is, to those who
    cannot see it.
    """
    step = max(_STEP, (_LEAST_WIDTH - _LEFT) / max(len(beads), 1))
    width = _LEFT + step * len(beads) + 4
    bar = min(step * 0.72, 34.0)
    parts: list[Markup] = []
    for tick in (0, 25, 50, 75, 100):
        parts.append(_line("grid", _LEFT, width, _height(tick)))
        parts.append(_text(_LEFT - 8, _height(tick) + 4, tick, "end"))
    every = max(1, round(36 / step))
    for place, (bead, name) in enumerate(zip(beads, names, strict=True)):
        x = _LEFT + step * place + (step - bar) / 2
        parts.append(_link(f"{address}#b{bead.number + 1}", name, _column(bead, x, bar)))
        if place % every == 0:
            parts.append(_text(x + bar / 2, _BASE + 18, bead.number + 1, "middle"))
    parts.append(_line("mean", _LEFT, width, _height(mean)))
    # A group, not an image: the bars inside are links.
    return Markup(
        '<svg viewBox="0 0 {0:.0f} {1}" width="{0:.0f}" role="group" aria-label="{2}">{3}</svg>'
    ).format(width, _BASE + _BOTTOM, label, Markup("").join(parts))


def _column(bead: BeadScore, x: float, width: float) -> Markup:
    """A bar, the whole column above it so that it can be pointed at, and the machine's tick."""
    value = max(bead.shown["chrf"], 0.5)
    parts = [_rect("reach", x, width, 100.0)]
    parts.append(_rect("bar corrected" if bead.corrected else "bar", x, width, value))
    if bead.corrected:
        parts.append(_line("was", x - 1, x + width + 1, _height(bead.machine["chrf"])))
    return Markup("").join(parts)


def _height(value: float) -> float:
    """Where a score of 0 to 100 lies on the page."""
    return _BASE - value / 100 * _HEIGHT


def _rect(kind: str, x: float, width: float, value: float) -> Markup:
    y = _height(value)
    return Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="1.5"/>').format(
        kind, x, y, width, _BASE - y
    )


def _line(kind: str, start: float, end: float, y: float) -> Markup:
    return Markup('<line class="{}" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>').format(
        kind, start, end, y, y
    )


def _text(x: float, y: float, text: object, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(x, y, anchor, text)


def _link(address: str, name: str, content: Markup) -> Markup:
    return Markup('<a href="{}" aria-label="{}"><title>{}</title>{}</a>').format(address, name, name, content)
