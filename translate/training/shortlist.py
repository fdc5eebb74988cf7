"""Which target pieces each source piece may call for: fewer columns to score in every step of a decoding."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from translate.conversion import SHORTLIST
from translate.models import Model

FILE = "shortlist.txt"
_COMMON = 600  # Pieces that every sentence may use.
_WAYS = 100  # Further ones for each source piece …
_LEAST = 2e-4  # … of at least this probability.
_CALLERS = 3  # Source pieces that a target piece learned later is added to.


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


def shortlist_of(model: Model) -> str | None:
    """What the model brings along; None where it scores every piece."""
    path = None if model.ct2 is None else model.ct2 / SHORTLIST
    return path.read_text(encoding="utf-8") if path is not None and path.is_file() else None


def extended(text: str, pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> str:
    """
    A shortlist with what these pairs of source and target pieces need and it does not have.

    A target piece that a pair's source does not call for is added to those of its
    pieces that it occurs with the most exclusively, by Dice's coefficient.
    """
    common, lines = _parse(text)
    needed: list[tuple[list[str], set[str]]] = []
    callers, called, both = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for source, target in pairs:
        left, right = list(dict.fromkeys(source)), set(target)
        missing = right - set(common).union(*(lines.get(piece, {}) for piece in left))
        callers.update(left)
        called.update(right)
        both.update((a, b) for a in left for b in missing)
        needed.append((left, missing))
    for left, missing in needed:
        for piece in sorted(missing):
            share = {a: both[a, piece] / (callers[a] + called[piece]) for a in left}
            for caller in sorted(left, key=share.__getitem__, reverse=True)[:_CALLERS]:
                lines.setdefault(caller, {})[piece] = None
    return _written(common, lines)


def merged(texts: Sequence[str]) -> str:
    """A shortlist that allows what any of these does."""
    common: dict[str, None] = {}
    lines: dict[str, dict[str, None]] = {}
    for text in texts:
        every, own = _parse(text)
        common |= every
        for piece, called in own.items():
            lines[piece] = lines.get(piece, {}) | called
    return _written(common, lines)


def _parse(text: str) -> tuple[dict[str, None], dict[str, dict[str, None]]]:
    first, *rest = (line.split("\t") for line in text.splitlines())
    return dict.fromkeys(first[1].split(" ")), {p: dict.fromkeys(called.split(" ")) for p, called in rest}


def _written(common: dict[str, None], lines: dict[str, dict[str, None]]) -> str:
    every = ["\t" + " ".join(common), *(f"{piece}\t{' '.join(called)}" for piece, called in lines.items())]
    return "\n".join(every) + "\n"
