"""The report's page: sections of charts and tables, and the lines as data for its script."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from string import Template

from eval.features import order
from eval.findings import BEYOND, Finding, Kind
from eval.report import charts
from eval.score import Score
from eval.terminal import p_value, share
from eval.translation import Evaluation, Result
from eval.wordwork import Error, diff

_COLOURS = 6
_SHOWN_LINES = 4_000
"""So many lines go into a page; of larger sets the worst by the first system are shown."""


def render(evaluations: Sequence[Evaluation]) -> str:
    """
    One HTML page about all ``evaluations``.

    All text from outside is escaped: into the markup by `html.escape`, into the
    script's data as JSON without `<`, from which it enters the page as text nodes.
    """
    title = "Evaluation: " + ", ".join(evaluation.corpus.name for evaluation in evaluations)
    sections = [_section(e, n, heading=len(evaluations) > 1) for n, e in enumerate(evaluations)]
    return whole_page(
        title, "\n".join([*sections, _FOOTER]), [_data(evaluation) for evaluation in evaluations]
    )


def whole_page(title: str, body: str, data: Sequence[object]) -> str:
    """The page around ``body`` (markup); ``title`` is text, ``data`` what the script shows line by line."""
    folder = files("eval.report")
    return Template((folder / "page.html").read_text(encoding="utf-8")).substitute(
        title=escape(title),
        style=(folder / "style.css").read_text(encoding="utf-8"),
        script=(folder / "page.js").read_text(encoding="utf-8"),
        body=body,
        data=_script_safe(json.dumps(data, ensure_ascii=False)),
    )


def _script_safe(text: str) -> str:
    """JSON that can end neither the script element nor a line of it."""
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


# --- Data for the script ---------------------------------------------------------------------------------


def _shown(evaluation: Evaluation) -> int:
    """The metric of charts and orders of lines: chrF where it is there, for BLEU says little of one line."""
    keys = [metric.key for metric in evaluation.metrics]
    return keys.index("chrf") if "chrf" in keys else 0


def _line_numbers(evaluation: Evaluation) -> list[int]:
    numbers = list(range(len(evaluation.corpus)))
    if len(numbers) <= _SHOWN_LINES:
        return numbers
    scores = evaluation.results[0].segments[evaluation.metrics[_shown(evaluation)].key]
    return sorted(sorted(numbers, key=lambda number: scores[number])[:_SHOWN_LINES])


def _data(evaluation: Evaluation) -> dict[str, object]:
    corpus = evaluation.corpus
    keys = [metric.key for metric in evaluation.metrics]
    lines = []
    for number in _line_numbers(evaluation):
        outputs = []
        for result in evaluation.results:
            output: dict[str, object] = {
                "text": result.system.lines[number],
                "scores": [round(result.segments[key][number], 1) for key in keys],
                "findings": [[f.kind.value, f.text] for f in result.findings[number]]
                if result.findings
                else [],
            }
            if result is not evaluation.results[0]:
                output["diff"] = _diff(
                    evaluation.results[0].system.lines[number], result.system.lines[number]
                )
            outputs.append(output)
        lines.append(
            {
                "number": number + 1,
                "document": corpus.documents[number] if corpus.documents else "",
                "source": corpus.sources[number] if corpus.sources else "",
                "reference": corpus.references[0][number],
                "outputs": outputs,
                "buckets": list(evaluation.buckets_of_lines[number]),
            }
        )
    return {
        "systems": [result.system.name for result in evaluation.results],
        "metrics": [metric.name for metric in evaluation.metrics],
        "shown": _shown(evaluation),
        "lines": lines,
    }


def _findings(result: Result, number: int) -> Sequence[Finding]:
    return result.findings[number] if result.findings else ()


def _diff(before: str, after: str) -> list[tuple[int, str]]:
    """0 for what is in both, -1 for what went, 1 for what came."""
    found: list[tuple[int, str]] = []
    for change in diff(before, after):
        if change.same:
            found.append((0, change.after))
            continue
        found += [(kind, text) for kind, text in ((-1, change.before), (1, change.after)) if text]
    return found


# --- Sections --------------------------------------------------------------------------------------------


def _section(evaluation: Evaluation, number: int, *, heading: bool) -> str:
    corpus = evaluation.corpus
    documents = f" in {len(set(corpus.documents))} documents" if corpus.documents else ""
    several = f", {len(corpus.references)} references" if len(corpus.references) > 1 else ""
    panels = [
        _distribution(evaluation),
        _buckets(evaluation),
        _errors(evaluation),
        _scatter(evaluation),
        _rates(evaluation),
        _words(evaluation),
        _inconsistencies(evaluation),
    ]
    parts = [
        f"<h2>{escape(corpus.name)}</h2>" if heading else "",
        f"<p class=about>{len(corpus)} lines{documents}{several}</p>",
        *(f"<p class=note>{escape(remark)}</p>" for remark in evaluation.remarks),
        _systems(evaluation),
        _verdicts(evaluation),
        _scores(evaluation),
        _coverage(evaluation),
        f"<div class=masonry>{''.join(panels)}</div>",
        _lines(evaluation),
    ]
    return f'<section id="set-{number}">' + "\n".join(part for part in parts if part) + "</section>"


def card(title: str, about: str, content: str) -> str:
    """A frame with a heading; all three are markup."""
    note = f"<p class=about>{about}</p>" if about else ""
    return f"<div class=card><h3>{title}</h3>{note}{content}</div>"


def grid(cards: Iterable[str]) -> str:
    """Cards side by side where there is room."""
    return f"<div class=grid2>{''.join(cards)}</div>"


def _legend(names: Iterable[str], kind: str = "s") -> str:
    items = (
        f'<span><i class="{kind}{number % _COLOURS}"></i>{escape(name)}</span>'
        for number, name in enumerate(names)
    )
    return f"<div class=legend>{''.join(items)}</div>"


def _names(evaluation: Evaluation) -> list[str]:
    return [result.system.name for result in evaluation.results]


def _systems(evaluation: Evaluation) -> str:
    digits = [evaluation.decimals(metric.key) for metric in evaluation.metrics]
    cards = []
    for number, result in enumerate(evaluation.results):
        values = [f"{score.value:.{n}f}" for score, n in zip(result.scores, digits, strict=True)]
        big = "".join(
            f"<div><b>{value}</b><span>{escape(score.metric)}{_margin(score, n)}</span></div>"
            for score, value, n in zip(result.scores[:2], values, digits, strict=False)
        )
        rest = " · ".join(
            f"{escape(score.metric)} {value}"
            for score, value in zip(result.scores[2:], values[2:], strict=True)
        )
        speed = (
            f"<p class=small>{len(evaluation.corpus) / result.system.seconds:.1f} lines a second</p>"
            if result.system.seconds
            else ""
        )
        cards.append(
            f'<div class="card system s{number % _COLOURS}"><p class=name>{escape(result.system.name)}</p>'
            f"<p class=model>{escape(result.system.about)}</p><div class=big>{big}</div>"
            f"<p class=small>{rest}</p>{speed}</div>"
        )
    return f"<div class=cards>{''.join(cards)}</div>"


def _margin(score: Score, decimals: int) -> str:
    return f" ± {score.interval.half:.{decimals}f}" if score.interval else ""


def _verdicts(evaluation: Evaluation) -> str:
    if not evaluation.paired:
        return ""
    by_key = {metric.key: metric for metric in evaluation.metrics}
    said = []
    for paired in evaluation.paired:
        metric = by_key[paired.metric]
        size = f"{abs(paired.difference):.{max(2, evaluation.decimals(metric.key))}f}"
        better = (paired.difference > 0) == metric.higher_is_better
        sure = paired.significant()
        word = ("better" if better else "worse") if paired.difference else "equal"
        chance = "Not chance" if sure else "May be chance"
        said.append(
            f'<p class="verdict{" sure" if sure else ""}"><b>{escape(paired.system)}</b> is {word} than '
            f"<b>{escape(paired.baseline)}</b> by {size} {escape(metric.name)}. "
            f"{chance}: <span class=whole>{_p(paired.bootstrap_p)}</span> (bootstrap), "
            f"<span class=whole>{_p(paired.randomisation_p)}</span> (randomisation).</p>"
        )
    return card("Is the difference real?", "Significant where both tests give p &lt; 0.05.", "".join(said))


def _p(value: float) -> str:
    said = p_value(value)
    return escape(said.replace("<", "p < ")) if said.startswith("<") else f"p = {said}"


def _scores(evaluation: Evaluation) -> str:
    panels = []
    for number, metric in enumerate(evaluation.metrics):
        items = []
        for result in evaluation.results:
            score = result.scores[number]
            low, high = (score.interval.low, score.interval.high) if score.interval else (None, None)
            items.append(charts.Bar(result.system.name, score.value, low, high))
        direction = "higher is better" if metric.higher_is_better else "lower is better"
        signature = evaluation.results[0].scores[number].signature
        about = (
            f"{escape(metric.source)}; {direction}.<br>"
            f"<code>{escape(signature).replace('|', '|<wbr>')}</code>"
        )
        if min(item.value for item in items) >= 0:
            chart = charts.bars(items, metric.name, decimals=evaluation.decimals(metric.key))
        else:
            chart = _numbers(items)
        panels.append(card(escape(metric.name), about, chart))
    return grid(panels)


def _numbers(items: Sequence[charts.Bar]) -> str:
    """Scores that may be negative, as text."""
    return "".join(f"<p><b>{item.value:.3f}</b> {escape(item.label)}</p>" for item in items)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, sort: bool = False, kind: str = "") -> str:
    """Cells are HTML already; all but the first are numbers. ``kind`` is a class for the style sheet."""
    kinds = ["", *[" class=n"] * (len(head) - 1)]
    top = "".join(f"<th{kind}>{cell}</th>" for kind, cell in zip(kinds, head, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, row, strict=True)) + "</tr>"
        for row in rows
    )
    name = "sort" if sort else kind
    start = f"<table class={name}>" if name else "<table>"
    return f"{start}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _coverage(evaluation: Evaluation) -> str:
    found = [result.system.coverage for result in evaluation.results]
    known = [coverage for coverage in found if coverage]
    if not known or len(known) < len(found):
        return ""
    rows = [
        ["Of the reference, covered", *(share(c.covered) for c in known)],
        ["Of the reference, missing here", *(share(c.omitted) for c in known)],
        ["Of the translation, not in the reference", *(share(c.added) for c in known)],
        ["Confidence of the alignment", *(share(c.confidence) for c in known)],
    ]
    for metric in evaluation.metrics:
        if all(metric.key in c.resegmented for c in known):
            rows.append(
                [f"{escape(metric.name)}, re-segmented", *(f"{c.resegmented[metric.key]:.1f}" for c in known)]
            )
    about = (
        "The references follow their own sentences, so they were aligned first. As a check, the last lines "
        "score each translation cut at the reference’s sentences by least word errors, without an aligner."
    )
    return card("How much could be compared", about, table(["", *map(escape, _names(evaluation))], rows))


def _distribution(evaluation: Evaluation) -> str:
    metric = evaluation.metrics[_shown(evaluation)]
    series = [(result.system.name, result.segments[metric.key]) for result in evaluation.results]
    about = "How many lines score how much."
    chart = charts.histogram(series, metric.name)
    return card("Scores of single lines", about, _legend(_names(evaluation)) + chart)


def _scatter(evaluation: Evaluation) -> str:
    metric = evaluation.metrics[_shown(evaluation)]
    numbers = _line_numbers(evaluation)
    first = [evaluation.results[0].segments[metric.key][number] for number in numbers]
    if len(evaluation.results) > 1:
        second = [evaluation.results[1].segments[metric.key][number] for number in numbers]
        one, other = _names(evaluation)[:2]
        chart = charts.scatter(
            first, second, f"{metric.name}, {one}", f"{metric.name}, {other}", diagonal=True
        )
        about = "One dot per line; above the diagonal the second system is better. Point at a dot to read it."
        return card(f"{escape(other)} against {escape(one)}", about, chart)
    lengths = [float(len(evaluation.corpus.references[0][number].split())) for number in numbers]
    chart = charts.scatter(lengths, first, "words in the reference", metric.name, diagonal=False)
    return card("Length and score", "One dot per line. Point at a dot to read it.", chart)


def _buckets(evaluation: Evaluation) -> str:
    metric = evaluation.metrics[_shown(evaluation)]
    rows = []
    for buckets in zip(*(result.buckets for result in evaluation.results), strict=True):
        rows.append((f"{buckets[0].name} ({buckets[0].lines})", [b.scores[metric.key] for b in buckets]))
    about = f"{escape(metric.name)} over the lines of each kind, and how many there are."
    return card("By kind of line", about, _legend(_names(evaluation)) + charts.dots(rows, metric.name))


def _rates(evaluation: Evaluation) -> str:
    if not evaluation.results[0].rates:
        return ""
    rows = []
    for rates in zip(*(result.rates for result in evaluation.results), strict=True):
        cells = []
        for number, rate in enumerate(rates):
            value = rate.value
            width = min(100 * (value or 0), 100)
            meter = f'<span class="meter s{number % _COLOURS}"><i style="width:{width:.1f}%"></i></span>'
            cells.append(f"{share(value)}{meter}")
        goal = "100\N{NO-BREAK SPACE}%" if rates[0].best else "0\N{NO-BREAK SPACE}%"
        of = f"of\N{NO-BREAK SPACE}{rates[0].total:,.0f}"
        about = f"{escape(rates[0].about)}; best\N{NO-BREAK SPACE}{goal}, {of}"
        label = f"{escape(rates[0].name[:1].upper() + rates[0].name[1:])}<br><span class=small>{about}</span>"
        rows.append([label if rates[0].total else f"{label} (none)", *cells])
    return card("What came across", "", table(["", *map(escape, _names(evaluation))], rows, kind="rates"))


def _errors(evaluation: Evaluation) -> str:
    found = [(result.system.name, result.errors) for result in evaluation.results if result.errors]
    if not found:
        return ""
    bars = [(name, [(str(error), errors.rate(error)) for error in Error]) for name, errors in found]
    axis = "per 100 words of the reference; together they are TER"
    words = ""
    for name, errors in found:
        # A word that TER takes out here and puts in there is neither lacking nor too much.
        missing = _counted(errors.missing - errors.extra)
        extra = _counted(errors.extra - errors.missing)
        words += f"<p class=small><b>{escape(name)}</b> lacks most often: {missing or '–'}.<br>"
        words += f"Says without need: {extra or '–'}.</p>"
    content = _legend(map(str, Error), "k") + charts.stacks(bars, axis) + words
    return card("Word errors", "The edits of TER, by what they do.", content)


def _counted(words: Counter[str]) -> str:
    return ", ".join(f"<span class=whole>{escape(word)} {n}</span>" for word, n in words.most_common(14))


def _words(evaluation: Evaluation) -> str:
    found = [(result.system.name, result.errors) for result in evaluation.results if result.errors]
    if not found:
        return ""
    kinds = {kind for _, errors in found for kind in errors.counts}
    rows = [
        [f"{escape(word)} {escape(error)}", *(str(errors.counts[error, word]) for _, errors in found)]
        for error, word in kinds
    ]
    rows.sort(key=lambda row: (-int(row[1]), row[0]))
    edits = table(["edits", *(escape(name) for name, _ in found)], rows, sort=True)
    return card("Word errors by kind of word", "Click a heading to sort.", edits)


def _inconsistencies(evaluation: Evaluation) -> str:
    rows = []
    several = len(evaluation.results) > 1
    for result in evaluation.results:
        for document, names in result.inconsistencies.items():
            for name, spelled in names.items():
                ways = ", ".join(
                    f"<span class=whole>{escape(way)} {count}×</span>" for way, count in spelled.items()
                )
                cells = [
                    f"<span lang=ar dir=rtl>{escape(name)}</span>",
                    ways,
                    escape(document),
                    *([escape(result.system.name)] if several else []),
                ]
                rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    if not rows:
        return ""
    system = "<th>System" if several else ""
    head = f"<thead><tr><th>Name<th>Spelled<th>Document{system}</tr></thead>"
    listed = f"<table>{head}<tbody>{''.join(rows[:40])}"
    more = f"<p class=small>and {len(rows) - 40} more</p>" if len(rows) > 40 else ""
    return card("One name, several spellings", "Within one document.", listed + "</tbody></table>" + more)


def _lines(evaluation: Evaluation) -> str:
    kinds = {kind: _with(evaluation.results, kind) for kind in Kind}
    chips = "".join(
        f'<button type=button aria-pressed=false data-kind="{escape(kind)}">{escape(kind)} {count}</button>'
        for kind, count in kinds.items()
        if count
    )
    names = order(sorted({name for some in evaluation.buckets_of_lines for name in some}))
    buckets = "".join(
        f'<button type=button aria-pressed=false data-bucket="{escape(name)}">{escape(name)}</button>'
        for name in names
    )
    beyond = "".join(f"<li>{escape(text)}</li>" for text in BEYOND)
    several = len(evaluation.results) > 1
    options = _ORDERS | (_ORDERS_OF_SEVERAL if several else {})
    choice = "".join(f"<option value={value}>{label}</option>" for value, label in options.items())
    marks = "<label><input type=checkbox class=diff checked> mark what changed</label>" if several else ""
    return (
        "<h3 class=lead>Line by line</h3>"
        "<p class=about>Findings are suspicions by rule; choose one to see its lines.</p>"
        f"<details><summary>What no rule can see</summary><ul>{beyond}</ul></details>"
        f"<div class=chips>{chips}</div><div class=chips>{buckets}</div>"
        '<div class=tools><input type=search placeholder="Search" aria-label="Search in all texts">'
        f'<select class=order aria-label="Order of lines">{choice}</select>{marks}'
        '<span class="count small"></span></div>'
        "<div class=lines></div><button type=button class=more>Show more</button>"
        "<noscript><p>The lines need JavaScript; the charts do not.</p></noscript>"
    )


def _with(results: Sequence[Result], kind: Kind) -> int:
    return len({n for r in results for n, line in enumerate(r.findings) if any(f.kind is kind for f in line)})


_ORDERS = {
    "text": "in order of the text",
    "worst": "worst first",
    "best": "best first",
    "flags": "most findings first",
    "long": "longest first",
}
_ORDERS_OF_SEVERAL = {
    "apart": "most different first",
    "better": "most improved first",
    "poorer": "most worsened first",
}
_FOOTER = """<footer>Intervals are 95 % by bootstrap resampling of lines (Koehn 2004); differences are
tested by paired bootstrap and approximate randomisation (Riezler &amp; Maxwell 2005), as in sacreBLEU (Post
2018). Scores of other test sets, tokenizers or versions do not compare with these.</footer>"""
