"""
Which piece translates which, learned by counting; gives a model a head start.

Left alone, a small model on little data learns to ignore its source for
thousands of updates. A lexical table helps twice: source embeddings begin near
those of their translations, and one attention head is shown where to look.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

NULL = 1  # <unk> stands for the empty source word.

Encoded = tuple[NDArray[np.int32], NDArray[np.int32]]  # Piece ids of a source and of its target.


def lexical_table(pairs: Sequence[Encoded], pieces: int, *, rounds: int = 6, slope: float = 4.0) -> Tensor:
    """
    P(target piece | source piece), shape (pieces, pieces), float32.

    IBM Model 1 (Brown et al. 1993) by expectation–maximisation, with the prior
    on the diagonal of fast_align (Dyer et al. 2013): a link costs ``slope``
    times the distance of the two relative positions, in nats.
    """
    chunks = [_flatten(pairs[i : i + 3000], pieces, slope) for i in range(0, len(pairs), 3000)]
    table = torch.full((pieces * pieces,), 1.0 / pieces)
    for _ in range(rounds):
        counts = torch.zeros(pieces * pieces)
        for cells, groups, prior, targets in chunks:
            weight = table[cells.long()] * prior
            total = torch.zeros(targets).index_add_(0, groups.long(), weight)
            counts.index_add_(0, cells.long(), weight / total[groups.long()].clamp_min(1e-30))
        square = counts.view(pieces, pieces)
        table = (square / (square.sum(1, keepdim=True) + 1e-9)).view(-1).clamp_min(1e-7)
    return table.view(pieces, pieces)


def _flatten(pairs: Sequence[Encoded], pieces: int, slope: float) -> tuple[Tensor, Tensor, Tensor, int]:
    """Every (source piece, target piece) cell of these pairs, its target position's group, and its prior."""
    cells, groups, priors = [], [], []
    position = 0
    for source, target in pairs:
        with_null = np.concatenate([[NULL], source]).astype(np.int64)
        cells.append((with_null[None, :] * pieces + target[:, None].astype(np.int64)).ravel())
        groups.append(np.repeat(np.arange(position, position + len(target)), len(with_null)))
        position += len(target)
        where = (np.arange(len(source)) + 0.5) / len(source) - ((np.arange(len(target)) + 0.5) / len(target))[
            :, None
        ]
        near = np.exp(-slope * np.abs(where))
        near *= 0.92 / near.sum(1, keepdims=True)
        priors.append(np.concatenate([np.full((len(target), 1), 0.08), near], 1).ravel().astype(np.float32))
    flat = (torch.from_numpy(np.concatenate(part)) for part in (cells, groups, priors))
    first, second, third = flat
    return first.int(), second.int(), third, position


def bilingual_embeddings(
    targets: Sequence[NDArray[np.int32]], table: Tensor, is_source: Tensor, width: int
) -> tuple[Tensor, Tensor]:
    """
    Rows of norm 1 for every piece, shape (pieces, width), and the target pieces' unigram probabilities.

    Target pieces get the singular vectors of their positive pointwise mutual
    information (Levy & Goldberg 2014) within five pieces; source pieces
    (``is_source``) the mean of their translations'. Half a share of noise keeps
    pieces apart that translate alike.
    """
    pieces = len(table)
    counts = torch.zeros(pieces * pieces)
    unigram = torch.zeros(pieces)
    gap = np.full(6, -1, np.int32)
    stream = torch.from_numpy(
        np.concatenate([part for row in targets for part in (row, gap)]).astype(np.int64)
    )
    unigram.index_add_(0, stream[stream >= 0], torch.ones(int((stream >= 0).sum())))
    for distance in range(1, 6):
        left, right = stream[:-distance], stream[distance:]
        real = (left >= 0) & (right >= 0)
        left, right = left[real], right[real]
        weight = torch.full((len(left),), 1.0 / distance)
        counts.index_add_(0, left * pieces + right, weight)
        counts.index_add_(0, right * pieces + left, weight)
    square = counts.view(pieces, pieces)
    row = square.sum(1, keepdim=True) + 1
    column = row.pow(0.75) / row.pow(0.75).sum()
    information = (square / (row * column.T) + 1e-12).log().clamp_min(0) * (square > 0)
    left_vectors, values, _ = torch.svd_lowrank(information, q=width + 16, niter=4)
    vectors = left_vectors[:, :width] * values[:width].pow(0.25)
    vectors = functional.normalize(vectors - vectors.mean(0)) * (row > 5)
    confident = torch.where(table >= 0.01, table, 0.0)
    vectors[is_source] = functional.normalize(confident @ vectors)[is_source]
    rotation, _ = torch.linalg.qr(torch.randn(width, width))
    mixed = vectors @ rotation + 0.5 * functional.normalize(torch.randn(pieces, width))
    return functional.normalize(mixed), (unigram + 0.5) / (unigram + 0.5).sum()


def expected_links(
    table: Tensor, source: Tensor, target: Tensor, mask: Tensor, present: Tensor
) -> tuple[Tensor, Tensor]:
    """
    Where each target piece comes from: (batch, target, source) weights of sum 1, and which rows to trust.

    ``mask`` marks the source pieces that are no padding, ``present`` the target's.
    """
    weight = table[source[:, None, :], target[:, :, None]].float() * mask[:, None]
    columns, rows = (torch.arange(side.shape[1], device=side.device) for side in (source, target))
    where = (columns[None] + 0.5) / mask.sum(1).clamp_min(1)[:, None]
    there = (rows[None] + 0.5) / present.sum(1).clamp_min(1)[:, None]
    weight = weight * torch.exp(-4.0 * (where[:, None, :] - there[:, :, None]).abs())
    total = weight.sum(-1, keepdim=True)
    return weight / total.clamp_min(1e-9), (total[..., 0] > 2e-3) & present & (target > NULL)
