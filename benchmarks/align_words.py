"""
Word links against gold.

    python benchmarks/align_words.py GOLD.jsonl [MODEL …]

GOLD.jsonl holds a JSON object a line with source, target and links (source start,
source end, target start, target end). Rows: the lexicon and what the text teaches,
the model's attention alone, and both, for each model named ("builtin" by default).
Three ways to count, as gold has content words only: predicted links count where
gold links both of their words, where it links one of them, or always. The last
rows choose the balance on four fifths of the sentences and score the fifth left out.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

from align.bead import WordLink
from align.lexicon import load as load_lexicon
from align.words import Balance, Tokens, link_tokens, read
from eval.alignment import LinkScore, Tally, compare_links, total_links
from translate import load

FOLDS = 5
PLACES = (0.0005, 0.001, 0.002, 0.004)
ATTENTIONS = (0.003, 0.01, 0.03)
NULLS = (0.01, 0.02, 0.03, 0.05)
Links = Sequence[WordLink]


def both(gold: Links, made: Links) -> LinkScore:
    """Links whose two words are both linked in gold, to whatever."""
    return compare_links(gold, made, gold_words_only=True)


def either(gold: Links, made: Links) -> LinkScore:
    """Links of which one word at least is linked in gold."""
    sources = {(link.source_start, link.source_end) for link in gold}
    targets = {(link.target_start, link.target_end) for link in gold}
    return compare_links(
        gold,
        [
            link
            for link in made
            if (link.source_start, link.source_end) in sources
            or (link.target_start, link.target_end) in targets
        ],
    )


COUNTS: tuple[Callable[[Links, Links], LinkScore], ...] = (both, either, compare_links)


def show(name: str, gold: Sequence[Links], made: Sequence[Links]) -> None:
    cells = []
    for count in COUNTS:
        score = total_links(count(a, b) for a, b in zip(gold, made, strict=True))
        cells.append(f"{score.precision:7.3f}{score.recall:7.3f}{score.f1:7.3f}")
    print(f"{name:34}{'  '.join(cells)}", flush=True)


def chosen(
    tokens: Sequence[Tokens], gold: Sequence[Links], balances: Iterable[Balance]
) -> tuple[list[Links], list[Balance]]:
    """Links of each fold under the balance whose mean F1 (both, either) is best on the others."""
    choices = list(balances)
    made = [link_tokens(tokens, balance) for balance in choices]
    tallies = [
        [[count(a, b).tally for a, b in zip(gold, links, strict=True)] for count in (both, either)]
        for links in made
    ]

    def worth(choice: int, fold: int) -> float:
        return sum(
            sum((one for n, one in enumerate(rows) if n % FOLDS != fold), Tally()).f1
            for rows in tallies[choice]
        )

    best = [max(range(len(choices)), key=lambda choice: worth(choice, fold)) for fold in range(FOLDS)]
    return [made[best[n % FOLDS]][n] for n in range(len(gold))], [choices[choice] for choice in best]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", metavar="GOLD.jsonl", type=Path)
    parser.add_argument("models", metavar="MODEL", nargs="*")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.gold.read_text(encoding="utf-8").splitlines()]
    gold = [[WordLink(*link) for link in row["links"]] for row in rows]
    pairs = [(row["source"], row["target"]) for row in rows]
    print(f"{'':34}{'both words in gold':23}{'one in gold':23}all")
    print(" " * 34 + "  ".join(["      P      R     F1"] * 3))
    alone = read(pairs, load_lexicon(), None)
    show("lexicon and text", gold, link_tokens(alone))
    links, picked = chosen(alone, gold, (Balance(place=p, null=n) for p, n in product(PLACES, NULLS)))
    show("  cross-validated", gold, links)
    print("    ", *(f"place {one.place} null {one.null};" for one in picked))
    for name in options.models or ["builtin"]:
        tokens = read(pairs, load_lexicon(), load(name))
        print(name)
        show("attention alone", gold, link_tokens(tokens, Balance(lexicon=0.0, attention=1.0)))
        show("lexicon, text and attention", gold, link_tokens(tokens))
        grid = (replace(Balance(), attention=a, null=n) for a, n in product(ATTENTIONS, NULLS))
        links, picked = chosen(tokens, gold, grid)
        show("  cross-validated", gold, links)
        print("    ", *(f"attention {one.attention} null {one.null};" for one in picked))


if __name__ == "__main__":
    main()
