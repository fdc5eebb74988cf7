"""Cleaned sources into one corpus: weights, joined sentences, noise; and the file it is written to."""

import gzip
import os
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from translate.errors import MuwaziError
from translate.training.corpus import Pair
from translate.training.noise import add_noise

_CLOSED = (".", "!", "?", "؟", '"', "…", "»", "”")


def weigh(pairs: Sequence[Pair], weight: float, chance: random.Random) -> list[Pair]:
    """Each pair ``weight`` times: 2.5 is every pair twice and a random half once more, in order."""
    whole, rest = int(weight), weight - int(weight)
    answer: list[Pair] = []
    for pair in pairs:
        answer += [pair] * (whole + (chance.random() < rest))
    return answer


def joined(pairs: Sequence[Pair], share: float, chance: random.Random, *, longest: int = 90) -> list[Pair]:
    """
    New pairs of two or three others, ``share`` times as many as there are: long sentences are rare.

    Half are neighbours, half strangers, and none comes twice in one. Only what
    ends like a sentence is joined, and nothing longer than ``longest`` words.
    """
    whole = [
        i for i, pair in enumerate(pairs) if pair.source.endswith(_CLOSED) and pair.target.endswith(_CLOSED)
    ]
    answer: list[Pair] = []
    wanted = round(share * len(pairs)) if len(whole) > 1 else 0
    for _ in range(wanted * 4):
        if len(answer) == wanted:
            break
        count = chance.choice((2, 2, 3))
        place = chance.randrange(len(whole))
        places = (
            whole[place : place + count]
            if chance.random() < 0.5
            else [chance.choice(whole) for _ in range(count)]
        )
        parts = [pairs[i] for i in places]
        pair = Pair(" ".join(p.source for p in parts), " ".join(p.target for p in parts))
        distinct = 1 < len(parts) == len(set(parts))
        if distinct and max(len(pair.source.split()), len(pair.target.split())) <= longest:
            answer.append(pair)
    return answer


def noisy(pairs: Sequence[Pair], share: float, chance: random.Random) -> list[Pair]:
    """New pairs with light disorder in the source, for a random ``share``, where it changes anything."""
    answer = []
    for pair in pairs:
        if chance.random() < share:
            source = add_noise(pair.source, chance)
            if source != pair.source:
                answer.append(Pair(source, pair.target))
    return answer


def write(pairs: Iterable[Pair], path: Path) -> None:
    """
    Write ``source<TAB>target`` lines, gzipped where the name ends in .gz; complete or not at all.

    Raises MuwaziError where the disk says no.
    """
    write_lines((f"{_flat(pair.source)}\t{_flat(pair.target)}" for pair in pairs), path)


def write_lines(lines: Iterable[str], path: Path) -> None:
    """The same for lines of any text, with their folder where it is missing."""
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _create(beside, gzipped=path.suffix == ".gz") as file:
            for line in lines:
                file.write(f"{line}\n".encode())
        os.replace(beside, path)  # noqa: PTH105  # Path.replace says the same; os names the file in errors.
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise MuwaziError(
            f"{path} cannot be written: {error.strerror or error}. Nothing was kept of it."
        ) from error


@contextmanager
def _create(path: Path, *, gzipped: bool) -> Iterator[IO[bytes]]:
    with path.open("wb") as file:
        if not gzipped:
            yield file
            return
        # No time and no name inside: the same corpus is the same file.
        with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
            yield cast(IO[bytes], packed)


def _flat(text: str) -> str:
    return " ".join(text.split())
