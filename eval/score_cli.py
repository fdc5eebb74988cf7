"""`muwazi eval score`: files of translations against files of references."""

import math
import re
from pathlib import Path
from typing import Any

import click

from eval.writing import report_options, write
from translate.errors import BadInput


@click.command()
@click.argument("hypotheses", nargs=-1, required=True, metavar="HYP…")
@click.option("--reference", "-r", "references", multiple=True, required=True, metavar="REF",
              help="A reference; several make a multi-reference score.")  # fmt: skip
@click.option("--source", "-s", metavar="SRC", help="The Arabic, for names, numbers and findings.")
@click.option("--documents", metavar="DOC", help="One document name per line.")
@click.option("--name", "names", multiple=True, metavar="NAME", help="What to call each HYP, in order.")
@click.option("--metric", "metrics", multiple=True, metavar="METRIC",
              help="bleu, chrf, chrf++ or ter.  [default: all]")  # fmt: skip
@click.option("--external", multiple=True, metavar="METRIC=FILE",
              help="Scores made elsewhere, one per line; once per HYP, in order.")  # fmt: skip
@click.option("--lower-is-better", multiple=True, metavar="METRIC", help="An external metric of errors.")
@report_options
def score(
    hypotheses: tuple[str, ...],
    references: tuple[str, ...],
    source: str | None,
    documents: str | None,
    names: tuple[str, ...],
    metrics: tuple[str, ...],
    external: tuple[str, ...],
    lower_is_better: tuple[str, ...],
    **output: Any,
) -> None:
    """
    Score each HYP against the references, line by line.

    Files are plain text, one sentence a line; TSV or JSONL, with FILE:FIELD
    naming a column; or what `muwazi translate` writes as TSV, JSON or JSONL.
    The first HYP is the baseline that the others are tested against. Numbers
    and signatures are those of sacreBLEU.
    """
    from eval.lines import read_lines
    from eval.suspicion import check
    from eval.translation import Corpus, System, evaluate

    called = names or _short_names(hypotheses)
    if len(called) != len(hypotheses) or len(set(called)) != len(called):
        raise BadInput(f"{len(hypotheses)} hypotheses need as many different names, not {', '.join(called)}.")
    wanted = {path: read_lines(path, "reference") for path in references}
    count = len(next(iter(wanted.values())))
    outputs = {
        name: read_lines(path, "hypothesis", count) for name, path in zip(called, hypotheses, strict=True)
    }
    arabic = read_lines(source, "source", count) if source else None
    where = read_lines(documents, "document") if documents else None
    if not next(iter(wanted.values())):
        raise BadInput(f"The reference {references[0]} is empty: there is nothing to score.")
    remarks = check(outputs, wanted, arabic, where)
    scores = _external(external, called)
    corpus = Corpus(
        Path(references[0]).stem,
        tuple(tuple(lines) for lines in wanted.values()),
        tuple(arabic) if arabic else None,
        tuple(where) if where else None,
    )
    systems = [System(name, tuple(lines), external=scores[name]) for name, lines in outputs.items()]
    for remark in remarks:
        click.echo(f"muwazi: {remark}", err=True)
    found = evaluate(corpus, systems, metrics=metrics, lower_is_better=lower_is_better, remarks=remarks)
    write([found], **output)


def _short_names(paths: tuple[str, ...]) -> tuple[str, ...]:
    """File names without folders where they differ, otherwise the paths."""
    short = tuple(re.sub(r":.*", "", Path(path).name) for path in paths)
    return short if len(set(short)) == len(short) else paths


def _external(given: tuple[str, ...], names: tuple[str, ...]) -> dict[str, dict[str, tuple[float, ...]]]:
    from eval.lines import read_lines

    scores: dict[str, dict[str, tuple[float, ...]]] = {name: {} for name in names}
    for text in given:
        metric, equals, path = text.partition("=")
        if not equals:
            raise BadInput(f"--external {text!r} must be METRIC=FILE, such as COMET=system1.comet.")
        free = next((name for name in names if metric not in scores[name]), None)
        if free is None:
            raise BadInput(f"There are more files of {metric} scores than hypotheses ({len(names)}).")
        values = []
        for number, line in enumerate(read_lines(path, "score"), 1):
            try:
                value = float(line.split()[-1] if line.split() else line)
                if not math.isfinite(value):
                    raise ValueError("not finite")
                values.append(value)
            except ValueError:
                raise BadInput(f"{path}, line {number}: {line[:40]!r} is no finite number.") from None
        scores[free][metric] = tuple(values)
    return scores
