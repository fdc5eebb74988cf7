"""`muwazi eval quality`: fit an estimate of quality, or use it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from translate.errors import BadInput

if TYPE_CHECKING:
    from eval.quality import Fit


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--fit", "fitted", type=click.Path(path_type=Path), metavar="OUT.json",
              help="Fit on FILE, an evaluation with sources written by `eval run … --json`.")  # fmt: skip
@click.option("--with", "estimator", type=click.Path(path_type=Path), metavar="FIT.json",
              help="Use this fit; FILE is then what `muwazi translate --format jsonl` wrote.")  # fmt: skip
def quality(file: Path, fitted: Path | None, estimator: Path | None) -> None:
    """
    Estimate chrF without references, from the model's log-probability and what shows in the text.

    A fit holds for the model and the kind of text it was made on. Its correlation
    with chrF on unseen documents is printed with it: that is how far to trust it.
    """
    import numpy as np

    from eval import quality as estimates

    if (fitted is None) == (estimator is None):
        raise click.UsageError("Give either --fit OUT.json or --with FIT.json.")
    if fitted is not None:
        found = _fit(file)
        found.estimator.save(fitted)
        click.echo(
            f"{found.lines} lines: Pearson {found.pearson:.2f}, Spearman {found.spearman:.2f} with chrF on "
            f"unseen documents (log-probability alone: Pearson {found.log_probability_alone:.2f})."
        )
        strong = sorted(
            zip(estimates.FEATURES, found.estimator.weights, strict=True), key=lambda pair: -abs(pair[1])
        )
        for name, weight in strong:
            click.echo(f"{weight:+7.2f}  {name}")
    if estimator is not None:
        from eval.lines import read_lines

        known = estimates.load(estimator)
        sources = read_lines(str(file), "source")
        texts = read_lines(str(file), "hypothesis")
        raw = read_lines(f"{file}:score", "hypothesis")
        scores = [float(value) if value not in {"", "None"} else None for value in raw]
        values = known.estimate(estimates.observe(sources, texts, scores))
        for value, text in zip(values, texts, strict=True):
            click.echo(f"{value:5.1f}\t{text}")
        click.echo(
            f"mean {float(np.mean(values)):.1f} (estimated chrF, fitted on {known.model or '?'})", err=True
        )


def _fit(path: Path) -> "Fit":
    from eval.metrics import statistics
    from eval.output import read_systems
    from eval.quality import fit, observe
    from eval.score import segment_scores

    corpus, systems, _ = read_systems(path)
    system = systems[0]
    if corpus.sources is None or system.logprobs is None:
        raise BadInput(
            f"{path} has no sources or no log-probabilities. Make it with: muwazi eval run FOLDER/NAME --json"
        )
    rows = observe(corpus.sources, system.lines, system.logprobs)
    chrf = segment_scores(statistics(["chrf"], system.lines, corpus.references))["chrf"]
    return fit(rows, chrf, corpus.documents or [str(n // 10) for n in range(len(corpus))], system.about)
