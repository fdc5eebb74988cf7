"""`muwazi eval fit` and `muwazi eval quality`: learn an estimate of quality, and use it."""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from translate.errors import BadInput
from translate.settings import ENGINES

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from eval.quality import Fit, Quality
    from eval.signals import Reader

_SETTINGS = Path("muwazi.toml")
_BLOCK = 10  # Neighbours in a set without documents are taken for one: they may be of one text.


@click.command()
@click.argument("sets", nargs=-1, required=True, metavar="SET…")
@click.option("--model", metavar="MODEL", help="The model whose translations are to be estimated.")
@click.option("--beam", type=click.IntRange(1, 32), default=1, show_default=True, help="1 is quickest.")
@click.option("--engine", type=click.Choice(ENGINES))
@click.option("--threads", type=click.IntRange(0), help="CPU threads in all; 0 is one per core.")
@click.option("--cache", type=click.Path(path_type=Path), help="Where translations are kept.")
@click.option("--output", "-o", type=click.Path(path_type=Path), required=True, metavar="FIT.json")
def fit(
    sets: tuple[str, ...],
    model: str | None,
    beam: int,
    engine: str | None,
    threads: int | None,
    cache: Path | None,
    output: Path,
) -> None:
    """
    Learn to estimate chrF without references, from test sets that have them.

    SET is as in `eval run`, with a reference line for every source line.
    Translations are kept as `eval run` keeps them. What is printed is measured
    on documents that were not fitted on: that is how far to trust an estimate.
    """
    from eval import quality as estimates
    from eval import signals
    from eval.metrics import statistics
    from eval.run_cli import default_cache
    from eval.runs import configurations, translate_set
    from eval.score import segment_scores
    from eval.testsets import find
    from translate.engine import load_engine
    from translate.settings import load_settings

    tests = [test for name in sets for test in find(name)]
    for test in tests:
        if not test.aligned:
            raise BadInput(
                f"{test.name} has no reference line for every source line; it cannot be fitted on."
            )
    settings = load_settings(os.environ, _SETTINGS, model=model, beam=beam, engine=engine, threads=threads)
    (configuration,) = configurations([settings])
    sources: list[str] = []
    references: list[str] = []
    translations: list[str] = []
    documents: list[str] = []
    belongs: list[str] = []
    for test in tests:
        with _bar(len(test.sources), f"{test.name}: translating") as bar:
            made = translate_set(test, configuration, cache or default_cache(os.environ), bar.update)
        names = test.document_names or [str(number // _BLOCK) for number in range(len(test.sources))]
        sources += test.sources
        references += [line for document in test.documents for line in document.reference]
        translations += made.lines
        documents += [f"{test.name} {name}" for name in names]
        belongs += [test.name] * len(test.sources)
    reader = signals.Reader(configuration.model, load_engine(configuration.model, settings))
    rows = signals.observe(sources, translations, reader)
    chrf = segment_scores(statistics(["chrf"], translations, [references]))["chrf"]
    found = estimates.fit(rows, chrf, documents, sets=belongs, model=configuration.model.label)
    found.save(output)
    _show(found)


def _show(found: "Quality") -> None:
    from eval.terminal import table

    click.echo(
        f"{found.model}: {found.lines} lines in {found.documents} documents of {', '.join(found.sets)}\n"
    )
    head = ["on unseen documents", "Pearson", "95 %", "Spearman", "of documents", "error", "of the mean"]
    click.echo(
        table([head, _agreement("all signals", found.full), _agreement("texts alone", found.text_only)])
    )
    click.echo(f"\nlog-probability alone: Pearson {found.log_probability_alone:.2f}")
    for name, value in found.between_sets.items():
        click.echo(f"{name}, fitted on the other sets: Pearson {value:.2f}")
    click.echo("\nchrF gained where a signal is one standard deviation higher:")
    estimator = found.full.estimator
    for name, weight in sorted(
        zip(estimator.signals, estimator.weights, strict=True), key=lambda pair: -abs(pair[1])
    ):
        click.echo(f"{weight:+7.2f}  {name}")


def _agreement(name: str, found: "Fit") -> list[str]:
    one = found.agreement
    low, high = one.interval
    numbers = (one.spearman, one.by_document)
    spearman, by_document = (f"{value:.2f}" for value in numbers)
    return [
        *(name, f"{one.pearson:.2f}", f"{low:.2f}–{high:.2f}", spearman, by_document),
        *(f"{one.error:.1f}", f"{one.blind_error:.1f}"),
    ]


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--source", "-s", metavar="SRC", help="The Arabic, where FILE does not hold it.")
@click.option("--with", "fitted", type=click.Path(path_type=Path), metavar="FIT.json",
              help="What `eval fit` wrote.  [default: the fit in the box]")  # fmt: skip
@click.option("--model", metavar="MODEL", help="The model that reads.  [default: the one fitted on]")
@click.option("--no-model", is_flag=True, help="Judge by the texts alone; no model is loaded.")
@click.option("--json", "as_json", is_flag=True, help="Print an object a line.")
def quality(
    file: str, source: str | None, fitted: Path | None, model: str | None, no_model: bool, as_json: bool
) -> None:
    """
    Estimate the chrF of translations that have no references.

    FILE is what `muwazi translate` writes as TSV, JSON or JSONL, or plain text
    beside --source. Each line has its estimate and the signals that count most
    against it. An estimate holds for the model and the kind of text it was
    fitted on, orders lines better than it measures them, and sees neither
    a wrong word that is likely nor who did what to whom.
    """
    import numpy as np

    from eval import quality as estimates
    from eval import signals
    from eval.lines import read_lines
    from eval.suspicion import mostly_arabic

    known = estimates.load(fitted or estimates.SHIPPED)
    texts = read_lines(file, "hypothesis")
    sources = read_lines(source or file, "source")
    if len(sources) != len(texts):
        raise BadInput(
            f"{source or file} has {len(sources)} source lines and {file} {len(texts)} translations."
        )
    if not texts:
        raise BadInput(f"{file} is empty: there is nothing to estimate.")
    if source is None and sources == texts:
        raise BadInput(f"{file} holds translations alone: name a file of the Arabic with --source.")
    if not mostly_arabic(sources):
        raise BadInput(f"The source in {source or file} is not Arabic: line 1 is {sources[0][:40]!r}.")
    reader = None if no_model else _reader(model, known.model)
    chosen = known.text_only if reader is None else known.full
    rows = signals.observe(sources, texts, reader)
    values = chosen.estimator.estimate(rows)
    reasons = _reasons(chosen, rows)
    for value, why, text in zip(values.tolist(), reasons, texts, strict=True):
        if as_json:
            data = {"estimate": round(value, 1), "against": why, "translation": text}
            click.echo(json.dumps(data, ensure_ascii=False))
        else:
            click.echo(f"{value:.1f}\t{', '.join(why)}\t{text}")
    agreement = chosen.agreement
    click.echo(
        f"mean {float(np.mean(values)):.1f}, estimated chrF by {known.model}. On unseen documents of "
        f"{', '.join(known.sets)} a line's estimate agreed with chrF at Pearson {agreement.pearson:.2f} "
        f"and missed it by {agreement.error:.1f} on average (saying the mean: {agreement.blind_error:.1f}).",
        err=True,
    )
    if reader is not None and reader.model.label != known.model:
        click.echo(
            f"muwazi: {reader.model.label} reads, but the fit is of {known.model}: take the estimates "
            "as an order of lines, or fit anew with: muwazi eval fit",
            err=True,
        )


def _reader(model: str | None, fitted_on: str) -> "Reader":
    from eval.signals import Reader
    from translate import models
    from translate.engine import load_engine
    from translate.settings import load_settings

    settings = load_settings(os.environ, _SETTINGS, model=model or fitted_on.partition("@")[0])
    found = models.choose(settings.model, folder=settings.models, hub_cache=settings.hub_cache)
    return Reader(found, load_engine(found, settings))


def _reasons(chosen: "Fit", rows: "object") -> list[list[str]]:
    """Up to three signals that cost each line at least one point of chrF, the worst first."""
    import numpy as np

    costs = chosen.estimator.contributions(np.asarray(rows))
    found = []
    for row in costs:
        worst = [n for n in np.argsort(row)[:3].tolist() if row[n] < -1]
        found.append([f"{chosen.estimator.signals[n]} {row[n]:+.1f}" for n in worst])
    return found


def _bar(length: int, label: str) -> "ProgressBar[int]":
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())
