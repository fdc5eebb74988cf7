"""
A model that learns on one device, a GPU as a rule: batches of few fixed shapes, gathered there.

A GPU is faster than Python can launch its kernels. So what a batch and an
update do is recorded as CUDA graphs, one for each shape, and replayed. On any
other device the same steps run one by one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from translate.errors import MuwaziError
from translate.training import adam, muon
from translate.training.learner import Memory, Update, bind, ordered
from translate.training.network import NONE, Dropouts
from translate.training.objective import Objective
from translate.training.pairs import Batch, Pairs

# Pieces a side, the end included: multiples of eight for fast products, at most Marian's positions.
LENGTHS = np.array([16, 24, 32, 40, 48, 56, 64, 80, 96, 128, 192, 256, 384, 512])
_READ_EVERY = 16  # Updates; a look at the loss waits for the device.


@dataclass(frozen=True, slots=True)
class _Shape:
    """What one recording is for."""

    rows: int
    length: int
    smoothing: float
    guided: bool
    twice: bool


class Device:
    """
    ``model`` on ``device``, in the place of a :class:`translate.training.team.Team`.

    ``tokens`` bounds a batch, padding and R-Drop's second pass included.
    """

    workers = 1
    skipped = 0  # Batches whose gradients were no numbers, and which nothing was learned from.

    def __init__(
        self,
        model: Any,
        pairs: Pairs,
        outputs: Tensor,
        table: Tensor | None,
        *,
        device: str,
        tokens: int,
        muon: bool,
        dropouts: Dropouts = NONE,
        seed: int = 1,
    ) -> None:
        self._device, self._tokens = torch.device(device), tokens
        self._half = self._device.type == "cuda"
        if self._half:
            # On Hopper cards cuDNN's attention has gradients that are no numbers, for masked batches of 64 or
            # 192 pieces where all of a row's scores are far below zero (pytorch issue 196678).
            torch.backends.cuda.enable_cudnn_sdp(False)
        model.to(self._device)
        parameters, matrices = ordered(model, muon=muon)
        self.shape = [(name, tuple(p.shape)) for name, p in parameters]
        self.memory = Memory.allocate(sum(p.numel() for _, p in parameters), matrices, 1, self._device)
        with torch.no_grad():
            self.memory.weights.copy_(torch.cat([p.detach().flatten() for _, p in parameters]))
        self._parameters = [p for _, p in parameters]
        self._groups = bind(model, self.memory)
        self._objective = Objective(
            model,
            outputs,
            table.to(self._device) if table is not None else None,
            pad=pairs.pad,
            dropouts=dropouts,
            half=self._half,
        )
        self._longest = pairs.lengths().max(axis=1) + 1
        self._pairs, self._pieces, self._bounds = pairs, self._sent(pairs.pieces), self._sent(pairs.bounds)
        # Loss, target pieces, batches left out.
        self._figures = torch.zeros(3, dtype=torch.float64, device=self._device)
        self._settings = torch.zeros(7, device=self._device)
        self._batches: dict[_Shape, tuple[Tensor, Callable[[], None]]] = {}
        self._improve: Callable[[], None] | None = None
        self._pool: Any = None
        self._aside: Any = None
        self._loss = float("nan")
        self._unread = 0
        torch.manual_seed(seed)

    def ready(self) -> None:
        """Nothing to wait for."""

    def close(self) -> None:
        """Forget the recordings, and what they hold on the device."""
        self._batches.clear()
        self._improve = None

    def divide(self, indices: NDArray[np.int64], tokens: int, chance: np.random.Generator) -> list[list[int]]:
        """
        All pairs of an epoch in batches that fill a shape, in any order.

        What does not fill a batch goes along with longer pairs, so that but one is smaller.
        """
        indices = chance.permutation(indices)
        shapes = np.searchsorted(LENGTHS, self._longest[indices])
        answer: list[list[int]] = []
        rest = indices[:0]
        for shape in np.unique(shapes):
            waiting = np.concatenate([rest, indices[shapes == shape]])
            rows = _rows(int(LENGTHS[min(shape, len(LENGTHS) - 1)]), tokens)
            whole = len(waiting) // rows * rows
            answer += waiting[:whole].reshape(-1, rows).tolist()
            rest = waiting[whole:]
        answer += [rest.tolist()] if len(rest) else []
        return [answer[i] for i in chance.permutation(len(answer))]

    def learn(self, batches: Sequence[Sequence[int]], update: Update) -> float:
        """
        One update from these batches; the mean loss of a target piece, in nats.

        It is that of up to sixteen updates, as it stood at the last look: only
        the first call and every sixteenth wait for the device. A batch whose
        gradients are no numbers is left out; the loss is NaN where most are.
        """
        size, variance = adam.sizes(update.rate, update.step + 1)
        guidance = update.guidance * update.guided_every
        values = (
            update.tokens,
            update.matrix_rate,
            update.weight_decay,
            size,
            variance,
            guidance,
            update.rdrop,
        )
        self._settings.copy_(self._sent(torch.tensor(values, dtype=torch.float32)), non_blocking=True)
        try:
            for number, batch in enumerate(batches):
                guided = (update.step * len(batches) + number) % update.guided_every == 0
                self._add(batch, update, guided=guided and update.guidance > 0)
            self._improve = self._improve or self._recorded(self._update)
            self._improve()
        except torch.cuda.OutOfMemoryError as error:
            raise MuwaziError(
                f"The device has too little memory for batches of {self._tokens:,} tokens. "
                "Set fewer tokens in the recipe, and more batches to an update."
            ) from error
        self._unread += len(batches)
        if self._loss != self._loss or self._unread >= _READ_EVERY:
            loss, count, skipped = self._figures.tolist()
            self._loss = loss / max(count, 1.0) if 2 * skipped < self._unread else float("nan")
            self.skipped, self._unread = self.skipped + int(skipped), 0
            self._figures.zero_()
        return self._loss

    @torch.no_grad()
    def measure(self, batches: Sequence[Sequence[int]], *, shifted: bool = False) -> float:
        """
        The mean loss of a target piece in these batches, in nats.

        ``shifted`` gives every target the source of another pair of its batch.
        """
        figures = torch.zeros_like(self._figures[:2])
        for batch in batches:
            rows = self._sent(torch.tensor(batch))
            source, fed, labels = self._gathered(rows, self._length(batch))
            source = source.roll(1, 0) if shifted else source
            entropy, count = self._objective.measured(source, fed, labels)
            figures += torch.stack([entropy.double(), count.double()])
        total, pieces = figures.tolist()
        return float(total / max(pieces, 1))

    def _length(self, batch: Sequence[int]) -> int:
        return _length(int(self._longest[batch].max()))

    def _add(self, batch: Sequence[int], update: Update, *, guided: bool) -> None:
        """Add a batch's gradients to those that are there."""
        length, twice = self._length(batch), update.rdrop > 0
        rows = max(_rows(length, self._tokens // (1 + twice)), len(batch))
        shape = _Shape(rows, length, update.label_smoothing, guided, twice)
        if shape not in self._batches:
            place = torch.full((rows,), -1, device=self._device)
            place[:1] = batch[0]  # Something to learn from while it is recorded.
            self._batches[shape] = place, self._recorded(lambda: self._learn(place, shape))
        place, act = self._batches[shape]
        filled = torch.tensor([*batch, *[-1] * (rows - len(batch))])
        place.copy_(self._sent(filled), non_blocking=True)
        act()

    def _learn(self, rows: Tensor, shape: _Shape) -> None:
        tokens, _, _, _, _, guidance, rdrop = self._settings.unbind()
        source, fed, labels = self._gathered(rows, shape.length)
        loss, entropy = self._objective.losses(
            source,
            fed,
            labels,
            smoothing=shape.smoothing,
            guidance=guidance if shape.guided else None,
            rdrop=rdrop if shape.twice else None,
        )
        gradients = torch.autograd.grad(
            loss / tokens, self._parameters, allow_unused=True, materialize_grads=True
        )
        gradient = torch.cat([part.flatten() for part in gradients])
        # A sum is a number where all parts are; nothing here may wait for the answer.
        sound = (gradient.sum() + entropy).isfinite().double()
        self.memory.gradients[0].add_(gradient.nan_to_num_(0.0, 0.0, 0.0).mul_(sound.float()))
        count = (labels != self._pairs.pad).sum()
        self._figures.add_(
            torch.stack([entropy.double().nan_to_num(0.0, 0.0, 0.0), count.double(), 1 - sound])
        )

    @torch.no_grad()
    def _update(self) -> None:
        memory = self.memory
        _, matrix_rate, decay, size, variance, _, _ = self._settings.unbind()
        gradient = memory.gradients[0, memory.matrices :]
        gradient.div_(gradient.norm().clamp_min(1.0))
        weights, first = memory.weights[memory.matrices :], memory.first[memory.matrices :]
        adam.step(weights, gradient, first, memory.second, size, variance)
        for group in self._groups:
            muon.turn(group, matrix_rate, decay, half=self._half)
        memory.gradients.zero_()

    def _gathered(self, rows: Tensor, length: int) -> Batch:
        """Source ids, decoder input ids and labels of these pairs; −1 is nothing but padding."""
        source, labels = (self._side(2 * rows + side, rows >= 0, length) for side in (0, 1))
        fed = torch.cat([torch.full_like(labels[:, :1], self._pairs.pad), labels[:, :-1]], 1)
        return source, fed, labels

    def _side(self, sides: Tensor, real: Tensor, length: int) -> Tensor:
        sides = sides.clamp_min(0)
        start = self._bounds[sides][:, None]
        count = (self._bounds[sides + 1][:, None] - start).masked_fill(~real[:, None], -1)
        column = torch.arange(length, device=self._device)
        ids = self._pieces[(start + column).clamp_max(len(self._pieces) - 1)].long()
        # No torch.where: it copies its numbers to the device, which no recording allows.
        return ids.masked_fill(column > count, self._pairs.pad).masked_fill(column == count, self._pairs.end)

    def _recorded(self, action: Callable[[], None]) -> Callable[[], None]:
        """The action as a CUDA graph, where there is CUDA; what recording it did is undone."""
        if self._device.type != "cuda":
            return action
        memory = self.memory
        state = (memory.weights, memory.gradients, memory.first, memory.second, self._figures)
        kept = [tensor.clone() for tensor in state]
        # One stream for all: memory in the pool is used again on the same stream only.
        self._aside = self._aside or torch.cuda.Stream(self._device)  # type: ignore[no-untyped-call]
        self._aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._aside):
            for _ in range(2):  # Libraries set themselves up in the first calls, which cannot be recorded.
                action()
        torch.cuda.current_stream().wait_stream(self._aside)
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self._pool, stream=self._aside):
            action()
        self._pool = self._pool or graph.pool()
        for tensor, before in zip(state, kept, strict=True):
            tensor.copy_(before)
        return graph.replay

    def _sent(self, tensor: Tensor) -> Tensor:
        """A copy on the device, made without waiting for it."""
        if self._device.type != "cuda":
            return tensor.to(self._device)
        return tensor.pin_memory().to(self._device, non_blocking=True)


def _length(longest: int) -> int:
    """The shape that holds so many pieces; beyond the last one, the number itself."""
    place = int(np.searchsorted(LENGTHS, longest))
    return int(LENGTHS[place]) if place < len(LENGTHS) else longest


def _rows(length: int, tokens: int) -> int:
    return max(1, tokens // length)
