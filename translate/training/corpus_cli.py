"""`muwazi corpus`: clean and mix parallel text for training."""

import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from translate.errors import BadInput

if TYPE_CHECKING:
    from translate.normalize import Normalization


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE[=WEIGHT]…]")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="The mixture: TSV, gzipped where the name ends in .gz.")  # fmt: skip
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path),
              help="What each rule did, as JSON.  [default: beside the output]")  # fmt: skip
@click.option("--dev", "held_out", multiple=True, type=click.Path(path_type=Path),
              help="Keep out what occurs in PREFIX.ar and PREFIX.en; may be repeated.")  # fmt: skip
@click.option("--grammar", type=click.IntRange(0), default=0, help="Add N pairs made by rules of grammar.")
@click.option("--diacritics", type=click.Choice(["strip", "keep"]), default="strip", show_default=True)
@click.option("--join", type=click.FloatRange(0, 4), default=0.0,
              help="Add this share of pairs that are two or three joined.")  # fmt: skip
@click.option("--noise", type=click.FloatRange(0, 1), default=0.0,
              help="Add this share of pairs again with disorder in the Arabic.")  # fmt: skip
@click.option("--longest", type=click.IntRange(1), default=90, show_default=True, help="Words of a source.")
@click.option("--repeats", type=click.IntRange(0), default=4, show_default=True,
              help="How often one side may recur with other translations; 0 is any number.")  # fmt: skip
@click.option("--near-duplicates", type=click.Choice(["drop", "keep"]), default="drop", show_default=True)
@click.option("--misaligned", type=click.Choice(["drop", "keep"]), default="drop", show_default=True)
@click.option("--shuffle/--in-order", default=True, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def corpus(sources: tuple[str, ...], output: Path, report: Path | None, **options: Any) -> None:
    """
    Clean parallel text and mix it into one file for training.

    A SOURCE is a TSV (Arabic, tab, English), a TMX, each gzipped or not, or
    PREFIX for PREFIX.ar and PREFIX.en. WEIGHT says how often its pairs come:
    2.5 is each twice and a random half once more, 0.1 a random tenth.
    """
    from translate.training.corpus import TARGET_NORMALIZATION, Cleaner, Pair, drop_misaligned
    from translate.training.mixing import joined, noisy, weigh, write, write_lines
    from translate.training.parallel import read, read_lines

    if not sources and not options["grammar"]:
        raise click.UsageError("Give files of parallel text, or --grammar N.")
    began = time.monotonic()
    lines = [
        row.source for prefix in options["held_out"] for end in ("ar", "en")
        for row in read_lines(Path(f"{prefix}.{end}"))
    ]  # fmt: skip
    plain = _normalization(keep_diacritics=options["diacritics"] == "keep")
    cleaner = Cleaner(
        plain, lines, longest=options["longest"], repeats=options["repeats"],
        near_duplicates=options["near_duplicates"] == "drop",
    )  # fmt: skip
    weighted = [_weighted(text) for text in sources]
    names = _names([path for path, _ in weighted])
    cleaned, reports = [], []
    for (path, _), name in zip(weighted, names, strict=True):
        pairs, counts = cleaner.clean(_watched(read(path), name), name=str(path))
        cleaned.append(pairs)
        reports.append(counts)
    note = "Not asked for."
    if options["misaligned"] == "drop" and cleaned:
        cleaned, note = drop_misaligned(cleaned, reports)
    chance = random.Random(options["seed"])
    mixed: list[Pair] = []
    long: list[Pair] = []
    table: dict[str, Any] = {}
    for name, (_, weight), pairs, counts in zip(names, weighted, cleaned, reports, strict=True):
        click.echo(f"{name}: {counts}", err=True)
        taken = weigh(pairs, weight, chance)
        table[name] = asdict(counts) | {
            "dropped": dict(counts.dropped),
            "weight": weight,
            "mixed": len(taken),
        }
        mixed += taken
        # Before the weights, which put copies side by side.
        long += joined(pairs, options["join"] * weight, chance, longest=options["longest"])
    made = _grammar(options["grammar"], options["seed"])
    additions = {
        "grammar": [Pair(plain(pair.source), TARGET_NORMALIZATION(pair.target)) for pair in made],
        "joined": long,
        "noisy": noisy(mixed, options["noise"], chance),
    }
    for pairs in additions.values():
        mixed += pairs
    if options["shuffle"]:
        chance.shuffle(mixed)
    write(mixed, output)
    summary = {
        "pairs": len(mixed),
        "source_words": sum(len(pair.source.split()) for pair in mixed),
        "target_words": sum(len(pair.target.split()) for pair in mixed),
        "added": {name: len(pairs) for name, pairs in additions.items() if pairs},
        "misaligned": note,
        "options": {key: value if isinstance(value, int | float | str) else list(map(str, value))
                    for key, value in options.items()},
        "seconds": round(time.monotonic() - began, 1),
        "sources": table,
    }  # fmt: skip
    beside = report or output.with_name(output.name.removesuffix(".gz").removesuffix(".tsv") + ".report.json")
    write_lines([json.dumps(summary, ensure_ascii=False, indent=1)], beside)
    click.echo(f"{len(mixed):,} pairs in {output}; what each rule did: {beside}", err=True)


def _normalization(*, keep_diacritics: bool) -> "Normalization":
    from translate.normalize import Normalization

    return Normalization(diacritics=keep_diacritics, digits=False)


def _weighted(text: str) -> tuple[Path, float]:
    """A path, and the weight behind its last ``=`` where there is one."""
    path, sign, weight = text.rpartition("=")
    if not sign or Path(text).exists():
        return Path(text), 1.0
    try:
        number = float(weight)
    except ValueError:
        return Path(text), 1.0
    if not 0 < number <= 1000:
        raise BadInput(f"{text}: a weight is above 0 and at most 1000, not {weight}.")
    return Path(path), number


def _names(paths: Sequence[Path]) -> list[str]:
    """What the report calls each source: its path as given where another has the same name."""
    from translate.training.parallel import source_name

    names = [source_name(path) for path in paths]
    return [str(path) if names.count(name) > 1 else name for path, name in zip(paths, names, strict=True)]


def _watched(rows: Iterator[Any], name: str) -> Iterator[Any]:
    """The rows, counted on a terminal."""
    if not sys.stderr.isatty():
        yield from rows
        return
    for number, row in enumerate(rows, 1):
        if number % 5_000 == 0:
            click.echo(f"\r{name}: {number:,} rows", nl=False, err=True)
        yield row
    click.echo("\r\033[K", nl=False, err=True)


def _grammar(count: int, seed: int) -> list[Any]:
    if not count:
        return []
    from translate.training.grammar import generate

    return list(generate(count, seed=seed))
