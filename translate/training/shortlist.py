"""Which target pieces each source piece may call for: fewer columns to score in every step of a decoding."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

FILE = "shortlist.txt"
_COMMON = 600  # Pieces that every sentence may use.
_WAYS = 100  # Further ones for each source piece …
_LEAST = 2e-4  # … of at least this probability.


def make_shortlist(
    table: Tensor, counts: NDArray[np.float64], usable: NDArray[np.bool_], pieces: Sequence[str], *, end: str
) -> str:
    """
    CTranslate2's ``vmap.txt``: the pieces for every sentence, then a line for each source piece.

    ``table`` has P(target piece | source piece), ``counts`` how often each piece is a target,
    ``usable`` which ones may come out at all. A sentence may use the union of its
    pieces' lines: a lexical shortlist, as Marian has them (Junczys-Dowmunt et al. 2018).
    """
    size = len(pieces)
    frequent = {int(i) for i in np.argsort(-counts[:size], kind="stable")[:_COMMON] if counts[i]}
    # A character by itself helps to spell whatever has no piece.
    single = {i for i, piece in enumerate(pieces) if len(piece.lstrip("▁")) <= 1}
    common = sorted(i for i in frequent | single if usable[i])
    others = table[:size, :size].float().clone()
    others[:, ~torch.from_numpy(usable[:size])] = 0
    others[:, common] = 0
    best = others.topk(min(_WAYS, size), 1)
    lines = ["\t" + " ".join([end, *(pieces[i] for i in common if pieces[i] != end)])]
    everywhere = set(common)
    for number, (chances, ids) in enumerate(zip(best.values.tolist(), best.indices.tolist(), strict=True)):
        allowed: list[int] = [i for chance, i in zip(chances, ids, strict=True) if chance >= _LEAST]
        # What is the same on both sides, such as a name in Latin letters, can always be copied.
        if usable[number] and number not in everywhere and number not in allowed:
            allowed.append(number)
        if allowed:
            lines.append(f"{pieces[number]}\t{' '.join(pieces[i] for i in allowed)}")
    return "\n".join(lines) + "\n"
