"""`muwazi eval split`: how well sentences are split, against gold ones."""

from pathlib import Path

import click

from translate.errors import BadInput


@click.command()
@click.argument("gold", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="GOLD…")
@click.option("--mistakes", type=click.IntRange(0), default=10, show_default=True, help="So many are shown.")
def split(gold: tuple[Path, ...], mistakes: int) -> None:
    """
    Score Muwazi's sentence splitter on GOLD files: one sentence a line, a blank line between texts.

    Lines that begin with # are comments; a line that begins with + follows without
    a space. Each text is joined to one line and split again.
    """
    from eval.boundaries import gold_texts, score
    from eval.lines import read_lines
    from translate.sentences import split as splitter

    texts = [text for path in gold for text in gold_texts(read_lines(str(path), "source"))]
    if not texts:
        raise BadInput(f"{gold[0]} holds no sentences: one a line was expected.")
    found, wrong = score(texts, splitter)
    click.echo(
        f"{len(texts)} texts, {found.wanted} boundaries: precision {100 * found.precision:.1f} %, "
        f"recall {100 * found.recall:.1f} %, F1 {100 * found.f1:.1f} %"
    )
    for mistake in wrong[:mistakes]:
        click.echo(f"{'missed' if mistake.missed else 'wrong '}  {mistake.around}")
    if len(wrong) > mistakes:
        click.echo(f"and {len(wrong) - mistakes} more")
