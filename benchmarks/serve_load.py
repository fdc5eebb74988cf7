"""
The server under load: throughput, latency, errors and memory by the number of clients.

    python benchmarks/serve_load.py [--clients 1 8 32 128] [--seconds 60] [--beam 4] [--against URL]
    nohup python benchmarks/serve_load.py > load.txt &        # a minute each: eight minutes and more in all

Starts `muwazi serve` on a free port with a new database and no sentence cache, and
sends it sentences, then articles, from the seeds: each with a word left out at
random, so that hardly two are the same. Each client has one request under way at a
time, and waits for its answer however long the queue is (left alone, the server gives up
a request after two minutes, which 128 articles may need on few cores). A level ends
with its last answer. Memory is looked at all along; the last column is what the last
tenth of a level has of it, divided by the first tenth's (1.00 is flat). ``--url``
measures a server that runs already, ``--against`` another one that speaks
LibreTranslate's contract, by the same load in the same run; `benchmarks/argos_model.py`
packs our model for LibreTranslate. The exit status is 1 where a request to ours failed.
"""

import argparse
import http.client
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from translate import reading
from translate.text import Kind

ROOT = Path(__file__).resolve().parents[1]
MOST_CHARACTERS = 20_000
PATIENCE_S = 1800
LOOKS = 40  # At memory, in a level of less than so many seconds.


@dataclass(frozen=True, slots=True)
class Load:
    """
    What came of one level: latencies in seconds, sorted; source words; errors by what they said.

    ``memory`` is the server's resident memory in MB, looked at in even steps from
    beginning to end; empty where it does not tell.
    """

    clients: int
    seconds: float
    latencies: list[float]
    words: int
    errors: dict[str, int]
    memory: tuple[float, ...] = ()

    @property
    def flatness(self) -> float:
        """
        The mean memory of the level's last tenth, divided by that of its first; 1 where it is flat.

        >>> Load(1, 10.0, [], 0, {}, (100.0,) * 10 + (150.0,) * 80 + (120.0,) * 10).flatness
        1.2
        """
        tenth = max(1, len(self.memory) // 10)
        return statistics.fmean(self.memory[-tenth:]) / statistics.fmean(self.memory[:tenth])

    def percentile(self, share: float) -> float:
        """Seconds within which that share of the requests was answered."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]

    @property
    def rate(self) -> float:
        """Source words a second."""
        return self.words / self.seconds


class Texts:
    """Sentences and articles of the seeds, each time a little different."""

    def __init__(self, kind: str) -> None:
        articles = [reading.read(path) for path in sorted((ROOT / "seeds").glob("*.txt"))]
        wanted = [[s.text for s in a.segments if s.kind is not Kind.FURNITURE] for a in articles]
        self._articles = wanted if kind == "article" else [[text] for texts in wanted for text in texts]

    def draw(self, chance: random.Random) -> str:
        """One text, within the default limit of characters."""
        texts = []
        for text in chance.choice(self._articles):
            words = text.split()
            if len(words) > 3:
                del words[chance.randrange(1, len(words) - 1)]
            texts.append(" ".join(words))
        return "\n".join(texts)[:MOST_CHARACTERS]


def measure(url: str, texts: Texts, clients: int, seconds: float) -> Load:
    """Send requests from so many clients for so long; each waits for its answer before it sends the next."""
    place = urlsplit(url)
    latencies: list[float] = []
    errors: dict[str, int] = {}
    words = 0
    lock = threading.Lock()
    until = time.monotonic() + seconds

    def work(number: int) -> None:
        nonlocal words
        chance = random.Random(number)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=PATIENCE_S)
        while time.monotonic() < until:
            text = texts.draw(chance)
            body = json.dumps({"q": text, "source": "ar", "target": "en"})
            began = time.perf_counter()
            try:
                connection.request("POST", "/translate", body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                content = answer.read()
                problem = "" if answer.status == 200 else f"{answer.status} {content[:80]!r}"
            except OSError as error:
                problem = repr(error)
                connection.close()
            took = time.perf_counter() - began
            with lock:
                if problem:
                    errors[problem] = errors.get(problem, 0) + 1
                else:
                    latencies.append(took)
                    words += len(text.split())
        connection.close()

    memory: list[float] = []
    ended = threading.Event()

    def watch() -> None:
        # Requests that are under way at the end are finished after it: the last look is then.
        while (found := resident_mb(url)) is not None:
            memory.append(found)
            if ended.is_set():
                return
            ended.wait(min(1.0, seconds / LOOKS))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    threads.append(threading.Thread(target=watch))
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads[:-1]:
        thread.join()
    took = time.monotonic() - began
    ended.set()
    threads[-1].join()
    return Load(clients, took, sorted(latencies), words, errors, tuple(memory))


def resident_mb(url: str) -> float | None:
    """What the server has in memory, where it tells (/metrics)."""
    try:
        with urllib.request.urlopen(f"{url}/metrics", timeout=10) as answer:
            found = re.search(rb"^process_resident_memory_bytes (\S+)", answer.read(), re.MULTILINE)
    except OSError:
        return None
    return float(found[1]) / 2**20 if found else None


@contextmanager
def served(beam: int, *, cached: bool = False) -> Iterator[str]:
    """A server of our own with a new database; prints how long it took to be ready."""
    with tempfile.TemporaryDirectory() as folder:
        environ = os.environ | {"XDG_DATA_HOME": folder, "MUWAZI_WEB_REQUEST_SECONDS": str(PATIENCE_S)}
        if not cached:
            environ["MUWAZI_CACHE_BYTES"] = "0"
        command = [str(Path(sys.executable).with_name("muwazi")), "serve", "--port", "0", "--no-seeds"]
        began = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--quiet", "--beam", str(beam)],
            env=environ,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            line = process.stdout.readline() if process.stdout else ""
            found = re.search(r"http://\S+:\d+", line)
            if found is None:
                raise SystemExit(f"The server did not start: {line!r}")
            print(f"ready in {time.perf_counter() - began:.2f} s: {line.strip()}\n")
            yield found[0]
        finally:
            process.terminate()
            process.wait(60)


def table(url: str, kind: str, clients: list[int], seconds: float) -> list[Load]:
    """Measure each level and print its row."""
    texts = Texts(kind)
    measure(url, texts, 1, min(2.0, seconds))  # Buffers reach their size.
    print(
        f"| {kind}, clients | requests/s | words/s | p50 ms | p95 ms | p99 ms | errors "
        "| memory MB | last tenth / first |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    loads = []
    for number in clients:
        load = measure(url, texts, number, seconds)
        loads.append(load)
        if not load.latencies:
            print(f"| {number} | none was answered: {load.errors} |")
            continue
        memory = f"{load.memory[-1]:.0f} | {load.flatness:.2f}" if load.memory else " | "
        times = " | ".join(f"{1000 * load.percentile(share):.0f}" for share in (0.5, 0.95, 0.99))
        print(
            f"| {number} | {len(load.latencies) / load.seconds:.1f} | {load.rate:.0f} | {times} "
            f"| {sum(load.errors.values())} | {memory} |",
            flush=True,
        )
        for problem, count in load.errors.items():
            print(f"  {count} × {problem}")
    first, *others = loads
    print()
    for load in others:
        gain = load.rate / max(first.rate, 1e-9)
        print(f"{load.clients} clients get {gain:.2f} times the words of {first.clients}.")
    print()
    return loads


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the server under load.")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32, 128])
    parser.add_argument("--seconds", type=float, default=60.0, help="for each level")
    parser.add_argument(
        "--kinds", nargs="+", default=["sentence", "article"], choices=["sentence", "article"]
    )
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--against", help="another server, by LibreTranslate's contract")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # The server started for this ends with it.
    ours: dict[str, list[Load]] = {}
    if chosen.url:
        for kind in chosen.kinds:
            ours[kind] = table(chosen.url.rstrip("/"), kind, chosen.clients, chosen.seconds)
    else:
        with served(chosen.beam) as url:
            for kind in chosen.kinds:
                ours[kind] = table(url, kind, chosen.clients, chosen.seconds)
    errors = sum(sum(load.errors.values()) for loads in ours.values() for load in loads)
    print(f"Errors in all: {errors}.")
    if chosen.against:
        compare(ours, chosen.against.rstrip("/"), chosen)
    sys.exit(errors > 0)


def compare(ours: dict[str, list[Load]], url: str, chosen: argparse.Namespace) -> None:
    """Measure another server by the same load, and print the ratio of each level."""
    print(f"The same load on {url}:\n")
    for kind in chosen.kinds:
        theirs = table(url, kind, chosen.clients, chosen.seconds)
        for own, other in zip(ours[kind], theirs, strict=True):
            if own.rate and other.rate:
                late = own.percentile(0.95) / other.percentile(0.95)
                print(
                    f"{kind}, {own.clients} clients: ours makes {own.rate / other.rate:.2f} times "
                    f"its words a second; our p95 is {late:.2f} of its p95."
                )
        print()


if __name__ == "__main__":
    main()
