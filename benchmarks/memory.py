"""
Whether memory stays flat over many articles: in a loaded translator, and in a server.

    python benchmarks/memory.py [--articles 200] [--beam 4] [--ways load translate library]

No two articles are the same: each is one of the seeds with a third of its sentences and a
word of each other one left out, at random. ``load`` translates them in a process by
`translate.load()`; ``translate`` sends each to a server's /translate; ``library`` adds each to a
server's library, follows its translation, and reads it with its word links as the reader does.
Each way has a process of its own, with the default settings, the sentence cache included.

After a fifth of the articles as a warm-up, memory is looked at after each. Printed is the
mean of the last tenth divided by that of the first tenth after the warm-up, and how far any
single look was from the latter. The exit status is 1 where the ratio is not within 5 %.
"""

import argparse
import json
import random
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serve_load import ROOT, resident_mb, served

WAYS = ("load", "translate", "library")
MOST_DEVIATION = 0.05


@dataclass(frozen=True, slots=True)
class Course:
    """
    Resident memory in MB after each article, from the first on.

    >>> course = Course((50.0,) * 4 + (100.0,) * 2 + (110.0,) * 12 + (103.0,) * 2)
    >>> course.warm, course.ratio, course.farthest
    (100.0, 1.03, 0.1)
    """

    memory: tuple[float, ...]

    @property
    def tenth(self) -> int:
        """How many articles are a tenth of them."""
        return max(1, len(self.memory) // 10)

    @property
    def warm(self) -> float:
        """The mean of the first tenth after the warm-up."""
        return statistics.fmean(self.memory[2 * self.tenth : 3 * self.tenth])

    @property
    def ratio(self) -> float:
        """The mean of the last tenth, divided by that."""
        return statistics.fmean(self.memory[-self.tenth :]) / self.warm

    @property
    def farthest(self) -> float:
        """The largest deviation of a single look after the warm-up, as a share."""
        return max(abs(one / self.warm - 1) for one in self.memory[2 * self.tenth :])


def articles(count: int) -> Iterator[str]:
    """So many articles, no two the same."""
    from translate import reading

    seeds = [reading.read(path) for path in sorted((ROOT / "seeds").glob("*.txt"))]
    chance = random.Random(1)
    for _ in range(count):
        lines = []
        for segment in chance.choice(seeds).segments:
            words = segment.text.split()
            if len(words) > 3:
                del words[chance.randrange(1, len(words) - 1)]
            if chance.random() < 2 / 3:
                lines.append(" ".join(words))
        yield "\n".join(lines)


def own_mb() -> float:
    """What this process has in memory."""
    place = Path("/proc/self/statm")
    if place.exists():
        import resource

        return int(place.read_text().split()[1]) * resource.getpagesize() / 2**20
    import os

    found = subprocess.run(["ps", "-o", "rss=", "-p", str(os.getpid())], capture_output=True, check=True)
    return int(found.stdout) / 1024


def by_load(count: int, beam: int) -> Iterator[float]:
    """Memory after each article that this process translates."""
    from translate import load, reading

    translator = load("builtin", beam=beam)
    for number, text in enumerate(articles(count)):
        translator.translate_article(reading.from_text(text, id=str(number)))
        yield own_mb()


def by_translate(url: str, count: int) -> Iterator[float]:
    """Memory of the server after each article sent to /translate."""
    for text in articles(count):
        asked = {"q": text, "source": "ar", "target": "en", "segments": True}
        assert len(_ask(url, "/translate", asked)["segments"]) > 1
        yield _memory(url)


def by_library(url: str, count: int) -> Iterator[float]:
    """Memory of the server after each article added to its library and read."""
    for text in articles(count):
        place = f"/api/articles/{_ask(url, '/api/articles', {'text': text})['id']}"
        with urllib.request.urlopen(url + place + "/events", timeout=600) as events:
            assert b"event: done" in events.read()
        rows = _ask(url, place)["rows"]
        assert len(_ask(url, place + "/links")) == sum(row["machine"] is not None for row in rows)
        yield _memory(url)


def _ask(url: str, path: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(url + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=600) as answer:
        return json.load(answer)


def _memory(url: str) -> float:
    found = resident_mb(url)
    if found is None:
        raise SystemExit("The server does not tell its memory on this system.")
    return found


def follow(way: str, count: int, beam: int) -> Course:
    """What memory does on the way."""
    if way == "load":
        command = [sys.executable, __file__, "--one", "--articles", str(count), "--beam", str(beam)]
        done = subprocess.run(command, stdout=subprocess.PIPE, cwd=ROOT, check=True)
        return Course(tuple(json.loads(done.stdout)))
    with served(beam, cached=True) as url:
        return Course(tuple((by_translate if way == "translate" else by_library)(url, count)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--ways", nargs="+", default=WAYS, choices=WAYS)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # The server started for this ends with it.
    if chosen.one:
        print(json.dumps(list(by_load(chosen.articles, chosen.beam))))
        return
    flat = True
    for way in chosen.ways:
        began = time.monotonic()
        course = follow(way, chosen.articles, chosen.beam)
        within = abs(course.ratio - 1) <= MOST_DEVIATION
        flat = flat and within
        print(
            f"{way}: {len(course.memory)} articles in {time.monotonic() - began:.0f} s: "
            f"{course.memory[0]:.0f} MB after the first, {course.warm:.0f} MB warm, "
            f"{course.memory[-1]:.0f} MB at the end; ratio {course.ratio:.3f} "
            f"({'flat' if within else 'NOT FLAT'}), farthest {100 * course.farthest:.1f} %",
            flush=True,
        )
    sys.exit(not flat)


if __name__ == "__main__":
    main()
