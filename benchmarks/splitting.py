"""
Sentence splitting of Arabic news: boundary precision, recall and F1 on hand-made gold, and speed.

    .venv/bin/python benchmarks/splitting.py [--errors]

Compares translate.sentences with sentencex and yasbd-lib alone, all in one run
on the same texts. A boundary counts where a sentence ends inside a paragraph (the
end of a paragraph is given); white space and invisible marks around it do
not matter.
"""

import argparse
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sentencex import (
    get_sentence_boundaries,  # pyright: ignore[reportAttributeAccessIssue]: made in Rust, without stubs.
)
from yasbd import BoundaryDetector

from translate.sentences import split

GOLD = Path(__file__).resolve().parents[1] / "tests/translate/gold"
FILES = {"gold": GOLD / "sentences-ar.txt", "unseen": GOLD / "sentences-ar-unseen.txt"}
_UNSEEN_BY_READERS = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

Splitter = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of gold: its trap in words, its sentences, and the text that a splitter is given."""

    trap: str
    sentences: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class BoundaryScore:
    """Precision, recall and F1 of boundaries, each from 0 to 1 (perfect)."""

    found: int
    expected: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.expected) if self.found + self.expected else 0.0


def read_gold(path: Path) -> list[Paragraph]:
    """Paragraphs of a gold file; its format is described at its top."""
    paragraphs = []
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = block.strip("\n").split("\n")
        trap = " ".join(line[2:] for line in lines if line.startswith("# "))
        lines = [line for line in lines if line and not line.startswith("# ")]
        if lines:
            text = "".join(line[1:] if line[0] == "+" else f" {line}" for line in lines)[1:]
            paragraphs.append(Paragraph(trap, tuple(line.removeprefix("+") for line in lines), text))
    return paragraphs


def boundaries(sentences: Iterable[str]) -> set[int]:
    """Where sentences end inside their paragraph, counted in visible characters."""
    ends, visible = [], 0
    for sentence in sentences:
        visible += len(_UNSEEN_BY_READERS.sub("", sentence))
        ends.append(visible)
    return set(ends) - {0, visible}


def score(splitter: Splitter, paragraphs: Iterable[Paragraph]) -> BoundaryScore:
    """Boundaries of a splitter against gold, summed over the paragraphs."""
    found = expected = right = 0
    for paragraph in paragraphs:
        ours, gold = boundaries(splitter(paragraph.text)), boundaries(paragraph.sentences)
        found, expected, right = found + len(ours), expected + len(gold), right + len(ours & gold)
    return BoundaryScore(found, expected, right)


def muwazi_split(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


def sentencex_split(text: str) -> list[str]:
    return [boundary["text"] for boundary in get_sentence_boundaries("ar", text)]


_yasbd = BoundaryDetector("ar")


def yasbd_split(text: str) -> list[str]:
    return list(_yasbd.segment(text))


SPLITTERS: dict[str, Splitter] = {
    "muwazi": muwazi_split,
    "sentencex": sentencex_split,
    "yasbd-lib": yasbd_split,
}


def megabyte(paragraphs: list[Paragraph]) -> str:
    """1,000,000 bytes of UTF-8, the gold paragraphs over and over, one a line."""
    once = "\n".join(paragraph.text for paragraph in paragraphs) + "\n"
    text = once * (1_000_000 // len(once.encode()) + 1)
    return text.encode()[:1_000_000].decode(errors="ignore")


def seconds(splitter: Splitter, text: str, *, rounds: int = 3) -> float:
    """Processor time of the best of a few rounds, so that other work on the machine hardly shows."""
    splitter(text[:1000])
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        splitter(text)
        times.append(time.process_time() - begin)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--errors", action="store_true", help="print the paragraphs that muwazi splits otherwise"
    )
    options = parser.parse_args()
    golds = {name: read_gold(path) for name, path in FILES.items() if path.exists()}
    text = megabyte(golds["gold"])
    times = {name: seconds(splitter, text) for name, splitter in SPLITTERS.items()}
    print(f"{'':12}{'':8}{'P':>8}{'R':>8}{'F1':>8}{'wrong':>8}")
    for gold, paragraphs in golds.items():
        count = sum(len(paragraph.sentences) for paragraph in paragraphs)
        print(f"{gold}: {count} sentences in {len(paragraphs)} paragraphs")
        for name, splitter in SPLITTERS.items():
            result = score(splitter, paragraphs)
            wrong = result.found + result.expected - 2 * result.right
            print(f"  {name:18}{result.precision:8.4f}{result.recall:8.4f}{result.f1:8.4f}{wrong:8d}")
    print(f"processor time on {len(text.encode()):,} bytes of Arabic ({len(text):,} characters)")
    for name, taken in times.items():
        print(f"  {name:18}{taken:8.3f} s{1 / taken:8.2f} MB/s{taken / times['sentencex']:8.1f} × sentencex")
    if options.errors:
        for paragraph in (paragraph for gold in golds.values() for paragraph in gold):
            if boundaries(muwazi_split(paragraph.text)) != boundaries(paragraph.sentences):
                print(f"\n{paragraph.trap}\n  found:    " + " | ".join(muwazi_split(paragraph.text)))
                print("  expected: " + " | ".join(paragraph.sentences))


if __name__ == "__main__":
    main()
