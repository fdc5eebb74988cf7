"""Encoded sentence pairs in three flat tensors, which processes can share; and batches of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from translate.training.links import Encoded

Batch = tuple[Tensor, Tensor, Tensor]  # Source ids, decoder input ids, labels: each (batch, length).


@dataclass(frozen=True, slots=True)
class Pairs:
    """
    Piece ids of every pair, one after another: source, target, source, target …

    ``bounds`` has 2n + 1 offsets into ``pieces``. ``end`` is put behind every
    side when a batch is made, ``pad`` fills up.
    """

    pieces: Tensor
    bounds: Tensor
    pad: int
    end: int

    @classmethod
    def pack(cls, encoded: Sequence[Encoded], *, pad: int, end: int) -> "Pairs":
        """Flatten pairs of id arrays."""
        sides = [side for pair in encoded for side in pair]
        bounds = np.zeros(len(sides) + 1, np.int64)
        np.cumsum([len(side) for side in sides], out=bounds[1:])
        kind = np.int16 if pad < 2**15 else np.int32
        flat = np.concatenate(sides).astype(kind) if sides else np.zeros(0, kind)
        return cls(torch.from_numpy(flat), torch.from_numpy(bounds), pad, end)

    @classmethod
    def join(cls, parts: Sequence["Pairs"]) -> "Pairs":
        """The pairs of all parts, one behind another."""
        bounds, start = [torch.zeros(1, dtype=torch.int64)], 0
        for part in parts:
            bounds.append(part.bounds[1:] + start)
            start += len(part.pieces)
        return cls(torch.cat([part.pieces for part in parts]), torch.cat(bounds), parts[0].pad, parts[0].end)

    def __len__(self) -> int:
        return (len(self.bounds) - 1) // 2

    def share(self) -> None:
        """Move to memory that other processes can map."""
        share(self.pieces)
        share(self.bounds)

    def lengths(self) -> NDArray[np.int64]:
        """Pieces of each side, shape (n, 2)."""
        answer: NDArray[np.int64] = np.diff(self.bounds.numpy()).reshape(-1, 2)
        return answer

    def batch(self, indices: Sequence[int]) -> Batch:
        """Padded tensors of these pairs."""
        source = self._padded([2 * i for i in indices])
        labels = self._padded([2 * i + 1 for i in indices])
        fed = torch.cat([torch.full((len(indices), 1), self.pad), labels[:, :-1]], 1)
        return source, fed, labels

    def _padded(self, sides: Sequence[int]) -> Tensor:
        starts, ends = self.bounds[sides].tolist(), self.bounds[[side + 1 for side in sides]].tolist()
        longest = max(end - start for start, end in zip(starts, ends, strict=True))
        padded = torch.full((len(sides), longest + 1), self.pad)
        for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
            padded[row, : end - start] = self.pieces[start:end]
            padded[row, end - start] = self.end
        return padded


def share(tensor: Tensor) -> None:
    """Move a tensor to memory that other processes can map."""
    tensor.share_memory_()  # type: ignore[no-untyped-call]


def batches(lengths: NDArray[np.int64], indices: NDArray[np.int64], tokens: int) -> Iterator[list[int]]:
    """
    Groups of neighbours among ``indices``, at most ``tokens`` a side, padding and end included.

    One pair that is longer alone is a group of its own.
    """
    longest = lengths[indices].max(axis=1) + 1 if len(indices) else np.zeros(0, np.int64)
    group: list[int] = []
    width = 0
    for index, length in zip(indices.tolist(), longest.tolist(), strict=True):
        if group and max(width, length) * (len(group) + 1) > tokens:
            yield group
            group, width = [], 0
        group.append(index)
        width = max(width, length)
    if group:
        yield group


def by_length(lengths: NDArray[np.int64], indices: NDArray[np.int64]) -> NDArray[np.int64]:
    """The indices sorted so that neighbours waste little padding."""
    order = np.lexsort((lengths[indices, 0], lengths[indices, 1] // 2))
    answer: NDArray[np.int64] = indices[order]
    return answer
