"""
Which English words an Arabic word is rendered by, and how often: a table learned from parallel text.

The table that ships with Muwazi lies in ``align/data`` and says there what it
was learned from. Keys are those of :mod:`align.tokens`.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from align.tokens import arabic_form, arabic_key, english_key, unglue
from translate.errors import BadInput

SHIPPED = Path(__file__).parent / "data" / "lexicon.npz"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """
    Translation probabilities between word keys, as a sparse matrix by rows of source keys.

    Row ``s`` holds the entries ``starts[s]:starts[s + 1]``: ``targets`` (ids of
    target keys, falling in ``forward``), ``forward`` = p(target | source) and
    ``backward`` = p(source | target), both of IBM Model 1 (Brown et al. 1993).
    ``source_counts`` and ``target_counts`` say how often a key was seen.
    """

    source_ids: dict[str, int]
    target_ids: dict[str, int]
    source_counts: NDArray[np.int32]
    target_counts: NDArray[np.int32]
    starts: NDArray[np.int64]
    targets: NDArray[np.int32]
    forward: NDArray[np.float32]
    backward: NDArray[np.float32]
    counts: dict[str, int]
    _rows: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    @staticmethod
    def form(word: str) -> str:
        """An Arabic word as it stands in a text, without marks and variants of letters."""
        return arabic_form(word)

    def unglue(self, form: str) -> list[str]:
        """The words of a run of letters typed without spaces, by what the table has seen."""
        return unglue(form, self.counts, int(self.source_counts.sum()))

    def source_id(self, form: str) -> int:
        """The row of an Arabic form, or −1 where the table does not know it."""
        row = self._rows.get(form)
        if row is None:
            row = self._rows[form] = self.source_ids.get(arabic_key(form, self.counts), -1)
        return row

    def target_id(self, form: str) -> int:
        """The column of an English form, or −1."""
        return self.target_ids.get(english_key(form), -1)

    def renderings(self, form: str) -> list[tuple[str, float]]:
        """English keys for an Arabic form with p(target | source), likeliest first; for people and tests."""
        row = self.source_id(form)
        if row < 0:
            return []
        keys = list(self.target_ids)
        span = slice(self.starts[row], self.starts[row + 1])
        return [(keys[t], float(p)) for t, p in zip(self.targets[span], self.forward[span], strict=True)]

    def save(self, path: Path) -> None:
        """Write the table; probabilities are kept to 1/255 of their square root."""
        with path.open("wb") as file:  # By its name, numpy would add .npz to one without.
            np.savez_compressed(
                file,
                source_keys=np.frombuffer("\n".join(self.source_ids).encode(), np.uint8),
                target_keys=np.frombuffer("\n".join(self.target_ids).encode(), np.uint8),
                source_counts=self.source_counts,
                target_counts=self.target_counts,
                lengths=np.diff(self.starts).astype(np.uint8),
                targets=self.targets,
                forward=_quantise(self.forward),
                backward=_quantise(self.backward),
            )


@lru_cache(maxsize=2)
def load(path: Path = SHIPPED) -> Lexicon:
    """
    The table at ``path``; read once and kept.

    Raises BadInput where the file is missing or is no lexicon.
    """
    try:
        with np.load(path, allow_pickle=False) as table:
            parts = {name: table[name] for name in table.files}
        source_keys = parts["source_keys"].tobytes().decode().split("\n")
        target_keys = parts["target_keys"].tobytes().decode().split("\n")
        source_counts = parts["source_counts"]
        return Lexicon(
            source_ids={key: n for n, key in enumerate(source_keys)},
            target_ids={key: n for n, key in enumerate(target_keys)},
            source_counts=source_counts,
            target_counts=parts["target_counts"],
            starts=np.concatenate([[0], np.cumsum(parts["lengths"], dtype=np.int64)]),
            targets=parts["targets"],
            forward=_restore(parts["forward"]),
            backward=_restore(parts["backward"]),
            counts=dict(zip(source_keys, source_counts.tolist(), strict=True)),
        )
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise BadInput(
            f"{path} is not a lexicon of Muwazi ({error}). Learn one with: muwazi align learn PAIRS -o FILE."
        ) from error


def _quantise(probability: NDArray[np.float32]) -> NDArray[np.uint8]:
    quantised: NDArray[np.uint8] = np.ceil(np.sqrt(probability) * 255).astype(np.uint8)
    return quantised


def _restore(quantised: NDArray[np.uint8]) -> NDArray[np.float32]:
    restored: NDArray[np.float32] = np.square(quantised.astype(np.float32) / np.float32(255))
    return restored
