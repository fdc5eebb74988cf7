"""`muwazi eval split`: how well sentences are split, against gold ones."""

from pathlib import Path
from typing import Any

import click

from eval.writing import report_options, write_measures
from translate.errors import BadInput


@click.command()
@click.argument("gold", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="GOLD…")
@click.option("--mistakes", type=click.IntRange(0), default=10, show_default=True, help="So many are shown.")
@report_options
def split(gold: tuple[Path, ...], mistakes: int, **output: Any) -> None:
    """
    Score Muwazi's sentence splitter on GOLD files: one sentence a line, a blank line between texts.

    Lines that begin with # are comments; a line that begins with + follows without
    a space. Each text is joined to one line and split again.
    """
    from eval.alignment import Tally
    from eval.boundaries import gold_texts, score
    from eval.lines import read_lines
    from eval.measures import Measure, Measures, Mistake
    from translate.sentences import split as splitter

    names, tallies, wrong = [], [], []
    for path in gold:
        for number, text in enumerate(gold_texts(read_lines(str(path), "source")), 1):
            found, mistaken = score([text], splitter)
            names.append(f"{path.stem} {number}" if len(gold) > 1 else str(number))
            tallies.append(Tally(found.predicted, found.right, found.wanted, found.right))
            wrong += [Mistake(names[-1], one.missed, one.around) for one in mistaken]
    if not tallies:
        raise BadInput(f"{', '.join(map(str, gold))} holds no sentences: one a line was expected.")
    measure = Measure("ends", "the end of a sentence in the same place", tuple(tallies))
    whole = measure.whole
    report = Measures(
        title="Sentence splitting: " + ", ".join(path.name for path in gold),
        unit="text",
        units=tuple(names),
        measures=(measure,),
        mistakes=tuple(wrong),
        summary=f"{whole.wanted} boundaries: precision {100 * whole.precision:.1f} %, "
        f"recall {100 * whole.recall:.1f} %, F1 {100 * whole.f1:.1f} %",
    )
    write_measures(report, mistakes=mistakes, **output)
