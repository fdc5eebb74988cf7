"""What one worker does: gradients from batches, and its share of each update of the weights."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from translate.training import adam, muon
from translate.training.objective import Objective
from translate.training.pairs import Pairs, share


@dataclass(frozen=True, slots=True)
class Update:
    """
    The settings of one update; ``tokens`` is how many labels its batches have.

    Where ``rdrop`` is not 0, every batch is passed twice.
    """

    step: int
    tokens: int
    matrix_rate: float
    rate: float
    label_smoothing: float
    guidance: float
    guided_every: int
    weight_decay: float = 0.0
    rdrop: float = 0.0


@dataclass(frozen=True, slots=True)
class Memory:
    """
    Flat tensors that all workers see: the first ``matrices`` weights are Muon's, the rest Adam's.

    ``gradients`` has a row for each worker; ``first`` and ``second`` are the
    moments; ``figures`` holds loss, tokens and a squared norm of each worker.
    """

    weights: Tensor
    gradients: Tensor
    first: Tensor
    second: Tensor
    figures: Tensor
    matrices: int

    @classmethod
    def allocate(cls, size: int, matrices: int, workers: int, device: torch.device | str) -> "Memory":
        """Zeros; in shared memory where there are several workers."""
        tensors = (
            torch.zeros(size, device=device),
            torch.zeros(workers, size, device=device),
            torch.zeros(size, device=device),
            torch.zeros(size - matrices, device=device),
            torch.zeros(workers, 4, dtype=torch.float64),
        )
        if workers > 1:
            for tensor in tensors:
                share(tensor)
        return cls(*tensors, matrices)


def ordered(model: torch.nn.Module, *, muon: bool) -> tuple[list[tuple[str, torch.nn.Parameter]], int]:
    """
    The trained parameters, Muon's matrices first, and how many weights those have.

    Positions are sines and stay so: transformers marks them as trainable in a
    model that it has loaded, and not in one that it has made.
    """
    for name, parameter in model.named_parameters():
        if "embed_positions" in name:
            parameter.requires_grad_(False)
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    matrices = [
        (name, p)
        for name, p in named
        if muon and p.dim() == 2 and "shared" not in name and "embed" not in name and "lm_head" not in name
    ]
    chosen = {name for name, _ in matrices}
    rest = [(name, p) for name, p in named if name not in chosen]
    return matrices + rest, sum(p.numel() for _, p in matrices)


def bind(model: torch.nn.Module, memory: Memory, index: int = 0) -> list[list[muon.Matrix]]:
    """
    Make every parameter a view of ``memory``, and its gradient one of row ``index``.

    Gives Muon's matrices, grouped by shape, with the gradients of all rows.
    """
    offset = 0
    groups: dict[tuple[int, ...], list[muon.Matrix]] = defaultdict(list)
    for _, parameter in ordered(model, muon=memory.matrices > 0)[0]:
        after, shape = offset + parameter.numel(), parameter.shape
        parameter.data = memory.weights[offset:after].view(shape)
        parameter.grad = memory.gradients[index, offset:after].view(shape)
        if offset < memory.matrices:
            velocity = memory.first[offset:after].view(shape)
            gradients = memory.gradients[:, offset:after].view(-1, *shape)
            groups[tuple(sorted(shape))].append((parameter.data, gradients, velocity))
        offset = after
    return list(groups.values())


class Learner:
    """
    A model whose weights and gradients lie in :class:`Memory`, for worker ``index``.

    ``draw`` gives the next batch number of the current work, ``wait`` waits for
    the other workers.
    """

    def __init__(
        self,
        model: Any,
        memory: Memory,
        pairs: Pairs,
        objective: Objective,
        *,
        index: int,
        draw: Callable[[], int],
        wait: Callable[[], None],
    ) -> None:
        self._memory, self._pairs, self._objective = memory, pairs, objective
        self._index, self._draw, self._wait = index, draw, wait
        workers = len(memory.gradients)
        self._groups = [group[index::workers] for group in bind(model, memory, index)]
        rest = len(memory.weights) - memory.matrices
        share = -(-rest // workers)
        start, end = min(index * share, rest), min((index + 1) * share, rest)
        self._slice, self._second = slice(memory.matrices + start, memory.matrices + end), slice(start, end)

    def learn(self, batches: Sequence[Sequence[int]], update: Update) -> None:
        """Draw batches until none is left and add up gradients; then take part in the update."""
        figures = self._memory.figures[self._index]
        figures.zero_()
        while (number := self._draw()) < len(batches):
            source, fed, labels = self._pairs.batch(batches[number])
            guided = update.guidance and (update.step * len(batches) + number) % update.guided_every == 0
            loss, entropy = self._objective.losses(
                source,
                fed,
                labels,
                smoothing=update.label_smoothing,
                guidance=update.guidance * update.guided_every if guided else None,
                rdrop=update.rdrop or None,
            )
            figures[0] += entropy.double()
            figures[1] += int((labels != self._pairs.pad).sum())
            (loss / update.tokens).backward()  # type: ignore[no-untyped-call]
        self._wait()
        self._apply(update)
        self._wait()
        self._memory.gradients[self._index].zero_()

    @torch.no_grad()
    def measure(self, batches: Sequence[Sequence[int]], *, shifted: bool) -> None:
        """
        Add up the loss of the batches drawn, without learning.

        ``shifted`` gives every target the source of another pair of its batch.
        """
        figures = self._memory.figures[self._index]
        figures.zero_()
        while (number := self._draw()) < len(batches):
            source, fed, labels = self._pairs.batch(batches[number])
            loss, count = self._objective.measured(source.roll(1, 0) if shifted else source, fed, labels)
            figures[0] += loss.double()
            figures[1] += int(count)
        self._wait()

    @torch.no_grad()
    def _apply(self, update: Update) -> None:
        memory, figures = self._memory, self._memory.figures
        gradient = memory.gradients[0, self._slice]
        for row in memory.gradients[1:]:
            gradient += row[self._slice]
        figures[self._index, 2] = float(gradient.square().sum())
        self._wait()
        norm = float(figures[:, 2].sum()) ** 0.5
        if norm > 1.0:
            gradient /= norm
        first, second = memory.first[self._slice], memory.second[self._second]
        size, variance = adam.sizes(update.rate, update.step + 1)
        adam.step(memory.weights[self._slice], gradient, first, second, size, variance)
        for group in self._groups:
            muon.turn(group, update.matrix_rate, update.weight_decay)
