"""`muwazi eval run`: translate test sets with models, and score what comes out."""

import os
import sys
from itertools import product
from pathlib import Path
from typing import Any

import click

from eval.writing import report_options, write
from translate.settings import ENGINES


@click.command()
@click.argument("sets", nargs=-1, required=True, metavar="SET…")
@click.option("--model", "models", multiple=True, metavar="MODEL", help="Several are compared.")
@click.option("--beam", "beams", multiple=True, type=click.IntRange(1, 32), help="Several are compared.")
@click.option("--engine", "engines", multiple=True, type=click.Choice(ENGINES), help="Several are compared.")
@click.option("--metric", "metrics", multiple=True, metavar="METRIC",
              help="bleu, chrf, chrf++ or ter.  [default: all]")  # fmt: skip
@click.option("--cache", type=click.Path(path_type=Path), help="Where translations are kept.")
@click.option("--threads", type=click.IntRange(0), help="CPU threads in all; 0 is one per core.")
@report_options
def run(
    sets: tuple[str, ...],
    models: tuple[str, ...],
    beams: tuple[int, ...],
    engines: tuple[str, ...],
    metrics: tuple[str, ...],
    cache: Path | None,
    threads: int | None,
    **output: Any,
) -> None:
    """
    Translate test sets and score the translations.

    SET is `seeds`; a folder of NAME.ar and NAME.en (and NAME.doc with a document
    name per line), or FOLDER/NAME; a .tmx file; or sacrebleu:NAME. References
    that do not follow the source's sentences (the seeds') are aligned first.
    Every combination of --model, --beam and --engine is a system; the first is
    the baseline. Translations are kept, so a second run only scores.
    """
    from eval import output as forms
    from eval.documents import comparable
    from eval.runs import Opinion, configurations, translate_set
    from eval.suspicion import check, doubts
    from eval.testsets import find
    from eval.translation import evaluate
    from translate.settings import load_settings

    folder = cache or default_cache(os.environ)
    tests = [test for name in sets for test in find(name)]
    for test in tests:
        if test.aligned:
            check({}, {test.name: test.references}, test.sources, test.document_names)
    choices = [
        load_settings(os.environ, Path("muwazi.toml"), model=model, beam=beam, engine=engine, threads=threads)
        for model, beam, engine in product(models or (None,), beams or (None,), engines or (None,))
    ]
    chosen = configurations(choices)
    evaluations = []
    for test in tests:
        systems = []
        for configuration in chosen:
            with click.progressbar(
                length=len(test.sources),
                label=f"{test.name}: {configuration.name}",
                file=sys.stderr,
                hidden=not sys.stderr.isatty(),
            ) as bar:
                systems.append(translate_set(test, configuration, folder, bar.update))
        corpus, systems = comparable(test, systems, Opinion(chosen[0]))
        remarks: list[str] = []
        if test.aligned:
            lines = {system.name: system.lines for system in systems}
            remarks = doubts(lines, {test.name: corpus.references[0]})
        for remark in remarks:
            click.echo(f"muwazi: {remark}", err=True)
        evaluations.append(evaluate(corpus, systems, metrics=metrics, remarks=remarks))
    write(evaluations, **output)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "last.json").write_text(forms.all_to_json(evaluations), encoding="utf-8")


def default_cache(environ: Any) -> Path:
    """``MUWAZI_EVAL_CACHE``, or ``muwazi/eval`` in the user's cache folder (XDG)."""
    if chosen := environ.get("MUWAZI_EVAL_CACHE"):
        return Path(chosen)
    home = environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "muwazi" / "eval"
