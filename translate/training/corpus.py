"""Parallel text for training: read, cleaned by counted rules, and mixed by weight."""

import gzip
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from translate.errors import BadInput
from translate.normalize import Normalization

TARGET_NORMALIZATION = Normalization()

_ARABIC = re.compile("[\u0621-\u064a]")
_LETTER = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"\d+")
_NO_LETTER = re.compile(r"[\W\d_]+")
_TEMPLATE = re.compile(r"\w*[A-Za-z0-9]\w*")


@dataclass(frozen=True, slots=True)
class Pair:
    """A source sentence and its translation, normalized for the model."""

    source: str
    target: str


@dataclass(slots=True)
class Report:
    """How many pairs each rule took out, and where rows could not be read."""

    read: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    unreadable: list[int] = field(default_factory=list)  # Line numbers, counted from 1.

    def __str__(self) -> str:
        rules = ", ".join(f"{rule} {count:,}" for rule, count in self.dropped.most_common())
        lines = f"; unreadable lines: {', '.join(map(str, self.unreadable[:10]))}" if self.unreadable else ""
        return f"{self.kept:,} of {self.read:,} pairs kept (out: {rules or 'none'}){lines}"


class Cleaner:
    """
    Drops pairs that teach a model something wrong; shared by the sources of one corpus.

    Rules, each counted under its name: ``empty``, ``script`` (a source that is
    mostly not Arabic, or Arabic in the target), ``long`` (over 90 source or 100
    target words), ``ratio`` (lengths that no translation has), ``numbers`` (more
    than two numbers on one side only), ``held out`` (either side occurs in a
    development set), ``duplicate``, and, for sources that repeat a template with
    other names in it, ``near-duplicate`` (the first 60 characters are equal once
    Latin words and numbers are taken out).
    """

    def __init__(self, normalization: Normalization, held_out: Iterable[str] = ()) -> None:
        self._normalization = normalization
        self._held_out = {_key(TARGET_NORMALIZATION(line)) for line in held_out} - {""}
        self._seen: set[int] = set()

    def clean(self, rows: Iterable[str], *, templated: bool = False) -> tuple[list[Pair], Report]:
        """
        The good pairs of ``source<TAB>target`` lines, in order, and a report.

        Raises BadInput where nothing is left.
        """
        report = Report()
        kept: list[Pair] = []
        for number, row in enumerate(rows, 1):
            report.read += 1
            fields = row.rstrip("\r\n").split("\t")
            if len(fields) != 2:
                report.unreadable.append(number)
                report.dropped["unreadable"] += 1
                continue
            pair = Pair(self._normalization(fields[0]), TARGET_NORMALIZATION(fields[1]))
            fault = self._fault(pair, templated)
            if fault:
                report.dropped[fault] += 1
            else:
                kept.append(pair)
        report.kept = len(kept)
        if not kept:
            raise BadInput(f"No usable pair: {report}. Expected lines of Arabic, a tab, and English.")
        return kept, report

    def _fault(self, pair: Pair, templated: bool) -> str:
        source, target = pair.source, pair.target
        if not source or not target:
            return "empty"
        arabic = len(_ARABIC.findall(source))
        if arabic < 0.4 * len(_LETTER.findall(source)) or not arabic or _ARABIC.search(target):
            return "script"
        words = len(source.split()), len(target.split())
        if words[0] > 90 or words[1] > 100:
            return "long"
        if max(words) > 4 and not 1 / 2.6 < (words[0] + 1) / (words[1] + 1) < 2.2:
            return "ratio"
        if not 1 / 3 < len(target) / len(source) < 4:
            return "ratio"
        if len(set(_NUMBER.findall(source)) ^ set(_NUMBER.findall(target))) > 2:
            return "numbers"
        keys = _key(source), _key(target)
        if self._held_out.intersection(keys):
            return "held out"
        if self._again(keys):
            return "duplicate"
        if templated and self._again(("template", _TEMPLATE.sub("", source)[:60])):
            return "near-duplicate"
        return ""

    def _again(self, key: tuple[str, str]) -> bool:
        digest = hash(key)
        known = digest in self._seen
        self._seen.add(digest)
        return known


def _key(text: str) -> str:
    """What makes two sentences the same: their letters, without case, digits and marks."""
    return _NO_LETTER.sub("", text.casefold())


def read_rows(path: Path) -> Iterator[str]:
    """
    Lines of a text file, gzipped or not.

    Raises BadInput naming the line where the bytes are no UTF-8 or no gzip.
    """
    number = 0
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8") as file
        ):
            for line in file:
                number += 1
                yield line
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise BadInput(f"{path} cannot be read after line {number}: {error}.") from error
