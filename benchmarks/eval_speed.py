"""
How long scoring 100,000 segment pairs with intervals and significance takes, and how much memory.

    python benchmarks/eval_speed.py [--pairs 100000] [--systems 2]

The pairs are the seeds' references, repeated with words dropped and moved.
"""

import argparse
import os
import random
import resource
import time
from pathlib import Path

from eval.score import QUICK_METRICS, compare
from eval.terminal import number


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the scoring of many segment pairs.")
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--systems", type=int, default=2)
    arguments = parser.parse_args()
    folder = Path(__file__).resolve().parents[1] / "seeds" / "references"
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    lines = [line for text in texts for line in text.split("\n") if line]
    references = [lines[n % len(lines)] for n in range(arguments.pairs)]
    chance = random.Random(1)
    systems = {}
    for system in range(arguments.systems):
        share = 0.1 * (system + 1)
        systems[f"system {system + 1}"] = [
            " ".join(word for word in line.split() if chance.random() > share) for line in references
        ]
    before, busy = time.perf_counter(), _cpu_seconds()
    found = compare(systems, [references], metrics=QUICK_METRICS)
    seconds = time.perf_counter() - before
    for name, scores in found.scores.items():
        print(name, "  ".join(f"{score.metric} {number(score)}" for score in scores))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    words = sum(len(line.split()) for line in references)
    print(
        f"{arguments.pairs} pairs ({words} reference words), {arguments.systems} system(s): {seconds:.1f} s, "
        f"{_cpu_seconds() - busy:.1f} s of CPU on {os.cpu_count()} cores"
    )
    print(f"memory at most {own:.0f} MB, and {workers:.0f} MB in the largest worker")


def _cpu_seconds() -> float:
    """Of this process and of the workers that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
