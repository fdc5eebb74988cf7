"""An evaluation as text: tables for a terminal, and the signatures under them."""

from collections.abc import Iterable, Sequence

from eval.score import Score
from eval.translation import Evaluation, Result
from eval.wordwork import Error


def render(evaluation: Evaluation, *, details: bool = True) -> str:
    """
    Scores with intervals, significance, and with ``details`` accuracies, buckets and findings.

    BLEU and chrF stand first, to one decimal, and every signature below.
    """
    parts = [_heading(evaluation), _scores(evaluation)]
    if evaluation.paired:
        parts.append(_paired(evaluation))
    if details:
        parts += [_coverage(evaluation), _rates(evaluation), _errors(evaluation), _buckets(evaluation)]
        parts.append(_findings(evaluation))
    parts.append("\n".join(f"{score.metric}: {score.signature}" for score in evaluation.results[0].scores))
    if evaluation.remarks:
        parts.append("\n".join(f"Note: {remark}" for remark in evaluation.remarks))
    return "\n\n".join(part for part in parts if part) + "\n"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells in columns: the first one left-aligned, the others right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(w) if not n else cell.rjust(w)
            for n, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "─" * max(map(len, lines)))
    return "\n".join(lines)


def number(score: Score, decimals: int = 1) -> str:
    """The value, with half its interval where there is one."""
    margin = f" ±{score.interval.half:.{decimals}f}" if score.interval else ""
    return f"{score.value:.{decimals}f}{margin}"


def share(value: float | None) -> str:
    """A share as a percentage; a dash where there was nothing to count."""
    return "–" if value is None else f"{100 * value:.1f} %"


def p_value(p: float) -> str:
    """Three decimals, and never zero."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _heading(evaluation: Evaluation) -> str:
    corpus = evaluation.corpus
    documents = f" in {len(set(corpus.documents))} documents" if corpus.documents else ""
    several = f", {len(corpus.references)} references" if len(corpus.references) > 1 else ""
    return f"{corpus.name}: {len(corpus)} lines{documents}{several}"


def _scores(evaluation: Evaluation) -> str:
    head = [
        score.metric + (" ↓" if not score.higher_is_better else "") for score in evaluation.results[0].scores
    ]
    speed = any(result.system.seconds for result in evaluation.results)
    digits = [evaluation.decimals(metric.key) for metric in evaluation.metrics]
    rows = [["system", *head, *(["lines/s"] if speed else [])]]
    for result in evaluation.results:
        cells = [result.system.name, *map(number, result.scores, digits)]
        if speed:
            seconds = result.system.seconds
            cells.append(f"{len(evaluation.corpus) / seconds:.1f}" if seconds else "–")
        rows.append(cells)
    return table(rows)


def _paired(evaluation: Evaluation) -> str:
    baseline = evaluation.paired[0].baseline
    rows = [[f"against {baseline}", "metric", "difference", "p (bootstrap)", "p (randomised)", ""]]
    names = {metric.key: metric.name for metric in evaluation.metrics}
    for paired in evaluation.paired:
        rows.append(
            [
                paired.system,
                names[paired.metric],
                f"{paired.difference:+.{max(2, evaluation.decimals(paired.metric))}f}",
                p_value(paired.bootstrap_p),
                p_value(paired.randomisation_p),
                "significant" if paired.significant() else "may be chance",
            ]
        )
    return table(rows)


def _by_system(evaluation: Evaluation, rows: Iterable[Sequence[str]], title: str) -> str:
    return table([[title, *(result.system.name for result in evaluation.results)], *rows])


def _coverage(evaluation: Evaluation) -> str:
    found = [result.system.coverage for result in evaluation.results]
    if not any(found):
        return ""
    rows = [
        ["reference covered", *(share(c.covered) if c else "–" for c in found)],
        ["omitted by the translation", *(share(c.omitted) if c else "–" for c in found)],
        ["added by the translation", *(share(c.added) if c else "–" for c in found)],
        ["confidence of the alignment", *(share(c.confidence) if c else "–" for c in found)],
    ]
    for metric in evaluation.metrics:
        cells = [c.resegmented.get(metric.key) if c else None for c in found]
        if any(cell is not None for cell in cells):
            rows.append([f"{metric.name}, re-segmented", *("–" if x is None else f"{x:.1f}" for x in cells)])
    return _by_system(evaluation, rows, "alignment with the reference")


def _rates(evaluation: Evaluation) -> str:
    if not evaluation.results[0].rates:
        return ""
    rows = []
    for rates in zip(*(result.rates for result in evaluation.results), strict=True):
        rows.append([rates[0].name, *(share(rate.value) for rate in rates)])
    return _by_system(evaluation, rows, "accuracies and faults")


def _errors(evaluation: Evaluation) -> str:
    found = [result.errors for result in evaluation.results if result.errors]
    rows = [
        [f"words {error}", *(f"{some.rate(error):.1f}" for some in found if some is not None)]
        for error in Error
    ]
    return _by_system(evaluation, rows, "per 100 reference words") if found else ""


def _buckets(evaluation: Evaluation) -> str:
    metric = evaluation.metrics[1 if len(evaluation.metrics) > 1 else 0]
    digits = evaluation.decimals(metric.key)
    rows = []
    for buckets in zip(*(result.buckets for result in evaluation.results), strict=True):
        name = f"{buckets[0].name} ({buckets[0].lines})"
        rows.append([name, *(f"{bucket.scores[metric.key]:.{digits}f}" for bucket in buckets)])
    return _by_system(evaluation, rows, f"{metric.name} of lines")


def _findings(evaluation: Evaluation) -> str:
    kinds: dict[str, list[int]] = {}
    for number_, result in enumerate(evaluation.results):
        for kind in {finding.kind for line in result.findings for finding in line}:
            row = kinds.setdefault(kind.value, [0] * len(evaluation.results))
            row[number_] = _lines_with(result, kind.value)
    rows = [
        [kind, *map(str, counts)] for kind, counts in sorted(kinds.items(), key=lambda item: -sum(item[1]))
    ]
    return _by_system(evaluation, rows, "lines with a finding") if rows else ""


def _lines_with(result: Result, kind: str) -> int:
    return sum(any(finding.kind.value == kind for finding in line) for line in result.findings)
