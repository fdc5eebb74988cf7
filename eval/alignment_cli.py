"""`muwazi eval align`: how good alignments are, against gold ladders or word links."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from align.bead import Bead, WordLink, split_lines
from eval.writing import report_options, write_measures
from translate.errors import BadInput

if TYPE_CHECKING:
    from eval.measures import Measures, Mistake


@click.command("align")
@click.argument("gold", type=click.Path(path_type=Path, exists=True))
@click.argument("predicted", type=click.Path(path_type=Path, exists=True))
@click.option("--words", is_flag=True, help="Score word links in .jsonl files instead of beads.")
@click.option(
    "--all-words", is_flag=True, help="With --words: count links of words that gold says nothing of as wrong."
)
@click.option("--mistakes", type=click.IntRange(0), default=10, show_default=True, help="So many are shown.")
@report_options
def align_eval(
    gold: Path, predicted: Path, words: bool, all_words: bool, mistakes: int, **output: Any
) -> None:
    """
    Score PREDICTED beads against GOLD: ladder files ([0]:[1, 2] a line), or folders of them.

    Files of two folders are paired by their names without endings. Strict and lax
    are those of Thompson & Koehn (2019), intervals 95 % by bootstrap over documents.

    With --words the files hold a JSON object a line, with "links" as lists of
    source start, source end, target start, target end.
    """
    report = _words(gold, predicted, all_words=all_words) if words else _beads(gold, predicted)
    write_measures(report, mistakes=mistakes, **output)


def _beads(gold: Path, predicted: Path) -> "Measures":
    from eval.alignment import Tally, compare, total
    from eval.measures import Measure, Measures

    pairs = _pairs(gold, predicted)
    read = [(_ladder(wanted), _ladder(made)) for wanted, made in pairs]
    if not any(wanted for wanted, _ in read):
        raise BadInput(f"{gold} is empty: there is nothing to score.")
    documents = []
    for (path, _), (wanted, made) in zip(pairs, read, strict=True):
        try:
            documents.append(compare(wanted, made))
        except BadInput as error:
            raise BadInput(f"{path}: {error}") from error
    whole = total(documents)
    sizes = sorted(whole.sizes, key=lambda size: -whole.sizes[size].wanted)
    return Measures(
        title=f"Alignment: {predicted.name} against {gold.name}",
        unit="document",
        units=tuple(wanted.stem for wanted, _ in pairs),
        measures=tuple(
            Measure(name, about, tuple(getattr(document, name) for document in documents))
            for name, about in _COUNTED.items()
        ),
        kinds=tuple(
            Measure(
                f"{a}-{b}",
                f"beads of {a} source and {b} target sentences",
                tuple(document.sizes.get((a, b), Tally()) for document in documents),
            )
            for a, b in sizes
        ),
        mistakes=tuple(
            mistake
            for (path, _), (wanted, made) in zip(pairs, read, strict=True)
            for mistake in _differing(path.stem, wanted, made)
        ),
    )


_COUNTED = {
    "strict": "the same bead",
    "lax": "some sentence in common on both sides",
    "nulls": "sentences without a counterpart",
    "pairs": "pairs of sentences that share a bead",
}


def _differing(unit: str, wanted: Sequence[Bead], made: Sequence[Bead]) -> Iterator["Mistake"]:
    """Beads that only gold or only the prediction has, in the order of the text."""
    from eval.measures import Mistake

    gold, found = ({(tuple(b.source), tuple(b.target)) for b in beads} for beads in (wanted, made))
    for source, target in sorted(gold ^ found):
        yield Mistake(unit, (source, target) in gold, f"{list(source)}:{list(target)}")


def _words(gold: Path, predicted: Path, *, all_words: bool) -> "Measures":
    from eval.alignment import compare_links, total_links
    from eval.measures import Measure, Measures

    wanted, made = _links(gold), _links(predicted)
    if len(wanted) != len(made):
        raise BadInput(
            f"{gold} has {len(wanted)} sentence pairs and {predicted} {len(made)}; both need the same."
        )
    if not any(wanted):
        raise BadInput(f"{gold} is empty: there is nothing to score.")
    scores = [compare_links(a, b, gold_words_only=not all_words) for a, b in zip(wanted, made, strict=True)]
    score = total_links(scores)
    return Measures(
        title=f"Word links: {predicted.name} against {gold.name}",
        unit="sentence pair",
        units=tuple(str(number) for number in range(1, len(wanted) + 1)),
        measures=(Measure("links", "both words the same", tuple(one.tally for one in scores)),),
        summary=f"P {score.precision:.3f}  R {score.recall:.3f}  F1 {score.f1:.3f}  AER {score.aer:.3f}",
    )


def _links(path: Path) -> list[list[WordLink]]:
    rows = []
    for number, line in enumerate(split_lines(_text(path)), 1):
        try:
            rows.append([WordLink(*(int(place) for place in link[:4])) for link in json.loads(line)["links"]])
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise BadInput(
                f"{path}, line {number}: no JSON object with links of four numbers ({error})."
            ) from error
    return rows


def _ladder(path: Path) -> tuple[Bead, ...]:
    from align.formats.plain import read_ladder

    text = _text(path)
    try:
        return read_ladder(text)
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8 (at byte {error.start}).") from error


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
