"""`muwazi eval align`: how good alignments are, against gold ladders or word links."""

import json
from pathlib import Path

import click

from align.bead import Bead, WordLink
from translate.errors import BadInput


@click.command("align")
@click.argument("gold", type=click.Path(path_type=Path, exists=True))
@click.argument("predicted", type=click.Path(path_type=Path, exists=True))
@click.option("--words", is_flag=True, help="Score word links in .jsonl files instead of beads.")
@click.option(
    "--all-words", is_flag=True, help="With --words: count links of words that gold says nothing of as wrong."
)
def align_eval(gold: Path, predicted: Path, words: bool, all_words: bool) -> None:
    """
    Score PREDICTED beads against GOLD: ladder files ([0]:[1, 2] a line), or folders of them.

    Files of two folders are paired by their names without endings. Strict and lax
    are those of Thompson & Koehn (2019), intervals 95 % by bootstrap over documents.

    With --words the files hold a JSON object a line, with "links" as lists of
    source start, source end, target start, target end.
    """
    if words:
        _score_words(gold, predicted, all_words=all_words)
        return
    from eval.alignment import compare, interval, total

    documents = [compare(_ladder(wanted), _ladder(made)) for wanted, made in _pairs(gold, predicted)]
    whole = total(documents)
    click.echo(f"{len(documents)} documents")
    click.echo(f"{'':10}{'P':>7}{'R':>7}{'F1':>7}   95 %")
    for name in ("strict", "lax", "nulls", "pairs"):
        tally = getattr(whole, name)
        low, high = interval([getattr(document, name) for document in documents])
        click.echo(
            f"{name:10}{tally.precision:7.3f}{tally.recall:7.3f}{tally.f1:7.3f}   {low:.3f}–{high:.3f}"
        )
    for (a, b), tally in sorted(whole.sizes.items(), key=lambda item: -item[1].wanted):
        rates = f"{tally.precision:7.3f}{tally.recall:7.3f}{tally.f1:7.3f}"
        click.echo(f"{f'{a}-{b}':10}{rates}   {tally.wanted} in gold")


def _score_words(gold: Path, predicted: Path, *, all_words: bool) -> None:
    from eval.alignment import compare_links, total_links

    wanted, made = _links(gold), _links(predicted)
    if len(wanted) != len(made):
        raise BadInput(
            f"{gold} has {len(wanted)} sentence pairs and {predicted} {len(made)}; both need the same."
        )
    score = total_links(
        compare_links(a, b, gold_words_only=not all_words) for a, b in zip(wanted, made, strict=True)
    )
    click.echo(f"{len(wanted)} sentence pairs")
    click.echo(f"P {score.precision:.3f}  R {score.recall:.3f}  F1 {score.f1:.3f}  AER {score.aer:.3f}")


def _links(path: Path) -> list[list[WordLink]]:
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            rows.append([WordLink(*(int(place) for place in link[:4])) for link in json.loads(line)["links"]])
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput(
                f"{path}, line {number}: no JSON object with links of four numbers ({error})."
            ) from error
    return rows


def _ladder(path: Path) -> tuple[Bead, ...]:
    from align.formats.plain import read_ladder

    try:
        return read_ladder(path.read_text(encoding="utf-8"))
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from error


def _pairs(gold: Path, predicted: Path) -> list[tuple[Path, Path]]:
    if not gold.is_dir() and not predicted.is_dir():
        return [(gold, predicted)]
    if gold.is_dir() != predicted.is_dir():
        raise BadInput(f"{gold} and {predicted}: one is a folder and the other is not. Give two of a kind.")
    golds = {path.stem: path for path in sorted(gold.iterdir()) if path.suffix in {".gold", ".ladder"}}
    made = {path.stem: path for path in predicted.iterdir() if path.suffix in {".ladder", ".txt"}}
    missing = sorted(golds.keys() - made.keys())
    if missing or not golds:
        named = ", ".join(missing[:3]) or "no *.gold or *.ladder"
        raise BadInput(
            f"{predicted} lacks {len(missing)} of the {len(golds)} gold documents of {gold}: {named}."
        )
    return [(path, made[stem]) for stem, path in golds.items()]
