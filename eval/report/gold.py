"""The page of a comparison with gold (see `eval.measures`), in the dress of the other reports."""

from collections.abc import Sequence
from html import escape

from eval.measures import Measure, Measures, worst
from eval.report import charts
from eval.report.page import card, grid, table, whole_page
from translate.encoding import arabic_share

_SHOWN = 500  # More mistakes than that nobody reads.
_READING = (
    "F1 is the harmonic mean of precision (of what was predicted, how much is right) "
    "and recall (of what gold has, how much was found)."
)
_FEW = 5  # Fewer units than that have no interval worth showing.


def render(report: Measures) -> str:
    """One HTML page; all text from outside is escaped."""
    parts = [
        f"<p class=about>{escape(report.heading)}</p>",
        _big(report.measures),
        grid([_overview(report), *_by_unit(report)]),
        _kinds(report),
        _worst(report),
        _mistakes(report),
        f"<footer>{_READING} Intervals are 95 % by bootstrap over {escape(report.unit)}s.</footer>",
    ]
    return whole_page(report.title, "<section>" + "\n".join(parts) + "</section>", [])


def _big(measures: Sequence[Measure]) -> str:
    cards = []
    for number, measure in enumerate(measures):
        whole, (low, high) = measure.whole, measure.interval
        margin = f" ± {50 * (high - low):.1f}" if len(measure.units) >= _FEW else ""
        cards.append(
            f'<div class="card system s{number % 6}"><p class=name>{escape(measure.name)}</p>'
            f"<p class=model>{escape(measure.about)}</p>"
            f"<div class=big><div><b>{100 * whole.f1:.1f}</b><span>F1{margin}</span></div></div>"
            f"<p class=small>precision {100 * whole.precision:.1f}, recall {100 * whole.recall:.1f}; "
            f"{whole.wanted} in gold, {whole.predicted} predicted</p></div>"
        )
    return f"<div class=cards>{''.join(cards)}</div>"


def _overview(report: Measures) -> str:
    known = len(report.units) >= _FEW
    items = []
    for measure in report.measures:
        low, high = (100 * end for end in measure.interval)
        items.append(
            charts.Bar(measure.name, 100 * measure.whole.f1, low if known else None, high if known else None)
        )
    about = f"With 95 % intervals over {escape(report.unit)}s." if known else ""
    return card("F1", about, charts.bars(items, "F1"))


def _by_unit(report: Measures) -> list[str]:
    main = report.measures[0]
    if len(report.units) < _FEW:
        return []
    values = [100 * tally.f1 for tally in main.units]
    chart = charts.histogram([(main.name, values)], "F1", of=report.unit)
    return [card(f"F1 of single {escape(report.unit)}s", f"By the measure “{escape(main.name)}”.", chart)]


def _kinds(report: Measures) -> str:
    if not report.kinds:
        return ""
    rows = [
        [
            escape(kind.name),
            *(f"{100 * value:.1f}" for value in (t.precision, t.recall, t.f1)),
            str(t.wanted),
            str(t.predicted),
        ]
        for kind in report.kinds
        for t in [kind.whole]
    ]
    head = ["kind", "precision", "recall", "F1", "in gold", "predicted"]
    return card("By kind", "Click a heading to sort.", table(head, rows, sort=True))


def _worst(report: Measures) -> str:
    found = worst(report)
    if len(report.units) < 2 or not found:
        return ""
    rows = [
        [escape(name), *(f"{100 * value:.1f}" for value in (t.f1, t.precision, t.recall)), str(t.wanted)]
        for name, t in found[:_SHOWN]
    ]
    about = f"{len(found)} of {len(report.units)} are not perfect by “{escape(report.measures[0].name)}”."
    head = [escape(report.unit), "F1", "precision", "recall", "in gold"]
    return card(f"Worst {escape(report.unit)}s", about, table(head, rows, sort=True))


def _mistakes(report: Measures) -> str:
    if not report.mistakes:
        return ""
    rows = "".join(
        f"<tr><td>{'missed' if one.missed else 'wrong'}</td><td>{escape(one.unit)}</td>"
        f"<td{' lang=ar dir=rtl' if arabic_share(one.text) > 0.5 else ''}>{escape(one.text)}</td></tr>"
        for one in report.mistakes[:_SHOWN]
    )
    more = len(report.mistakes) - _SHOWN
    rest = f"<p class=small>and {more} more</p>" if more > 0 else ""
    head = f"<thead><tr><th></th><th>{escape(report.unit)}</th><th>where</th></tr></thead>"
    about = "Missed: only gold has it. Wrong: only the prediction has it."
    return card("Mistakes", about, f"<table class=sort>{head}<tbody>{rows}</tbody></table>{rest}")
