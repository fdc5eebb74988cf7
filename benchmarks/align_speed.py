"""
Time and memory of alignment against the length of the texts.

    python benchmarks/align_speed.py [LENGTH …]

Made-up documents of words from the shipped lexicon: each Arabic sentence has as
its English one the likeliest renderings of its words, one in twelve is split
in two, and one in twenty-five left out on either side. Mode lexical, MT excluded.
"""

import argparse
import resource
import time
from random import Random

from align.aligner import align
from align.bead import Bead, from_lines
from align.lexicon import Lexicon, load
from eval.alignment import compare
from translate.text import Article

LENGTHS = (40, 100, 1_000, 10_000, 100_000)


def document(sentences: int, lexicon: Lexicon, random: Random) -> tuple[Article, Article, list[Bead]]:
    """Two articles of about so many sentences, and their beads."""
    targets = list(lexicon.target_ids)
    forms = [
        form for form, row in lexicon.source_ids.items() if lexicon.starts[row] < lexicon.starts[row + 1]
    ]
    arabic: list[str] = []
    english: list[str] = []
    beads = []
    while len(arabic) < sentences:
        words = random.choices(forms, k=random.randint(8, 30))
        made = [targets[lexicon.targets[lexicon.starts[lexicon.source_ids[word]]]] for word in words]
        start = len(arabic), len(english)
        fate = random.random()
        if fate < 0.96:
            arabic.append(" ".join(words) + ".")
        if fate > 0.04:
            cut = len(made) // 2 if random.random() < 1 / 12 else 0
            english += [" ".join(part) + "." for part in (made[:cut], made[cut:]) if part]
        beads.append(Bead(range(start[0], len(arabic)), range(start[1], len(english))))
    return from_lines(arabic, language="ar"), from_lines(english, language="en"), beads


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lengths", metavar="LENGTH", type=int, nargs="*", help="in sentences")
    lengths = parser.parse_args().lengths or LENGTHS
    lexicon = load()
    align(*document(10, lexicon, Random(1))[:2])
    print(f"{'sentences':>9} {'wall s':>8} {'CPU s':>8} {'µs/sentence':>12} {'peak MB':>8} {'strict F1':>10}")
    for length in lengths:
        source, target, gold = document(length, lexicon, Random(length))
        wall, cpu = time.perf_counter(), time.process_time()
        text = align(source, target)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        f1 = compare(gold, text.beads).strict.f1
        micro = cpu / length * 1e6
        print(f"{length:9} {wall:8.3f} {cpu:8.3f} {micro:12.0f} {peak:8.0f} {f1:10.3f}", flush=True)


if __name__ == "__main__":
    main()
