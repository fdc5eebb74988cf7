"""
Several processes on one model: each has one thread, all share weights and gradients.

Small matrices gain little from two threads in one process: two processes of one
thread each, drawing batches from one heap, do a third to a half more. The
process that trains is itself the first worker.
"""

import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from translate.errors import MuwaziError
from translate.training.learner import Learner, Memory, Update, ordered
from translate.training.network import NONE, Dropouts
from translate.training.objective import Objective
from translate.training.pairs import Pairs, batches, by_length, share

_SHARED_MEMORY = Path("/dev/shm")
_POOL = 40_000  # Pairs that are sorted by length together.
Work = tuple[Literal["learn"], list[list[int]], Update] | tuple[Literal["measure"], list[list[int]], bool]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a new process needs to build its learner."""

    config: Any
    constants: dict[str, Tensor]
    shape: list[tuple[str, tuple[int, ...]]]
    memory: Memory
    pairs: Pairs
    outputs: Tensor
    table: Tensor | None
    dropouts: Dropouts
    seed: int


class Team:
    """
    ``model`` in this process and in ``workers - 1`` more.

    Weights are read and written through ``memory``. Close it when done; where
    this process dies, the others see it and end.
    """

    skipped = 0  # Batches left out: none, in float32.

    def __init__(
        self,
        model: Any,
        pairs: Pairs,
        outputs: Tensor,
        table: Tensor | None,
        *,
        workers: int,
        muon: bool,
        dropouts: Dropouts = NONE,
        seed: int = 1,
    ) -> None:
        parameters, matrices = ordered(model, muon=muon)
        size = sum(p.numel() for _, p in parameters)
        self.shape = [(name, tuple(p.shape)) for name, p in parameters]
        self.workers, threads = workers, 1
        if self.workers > 1 and not _has_room(4 * (3 + workers) * size, pairs, table):
            self.workers, threads = 1, workers
        torch.set_num_threads(threads)
        self.memory = Memory.allocate(size, matrices, self.workers, "cpu")
        with torch.no_grad():
            self.memory.weights.copy_(torch.cat([p.detach().flatten() for _, p in parameters]))
        context = multiprocessing.get_context("spawn")
        self._counter = context.Value("q", 0)
        self._barrier = context.Barrier(self.workers)
        self._channels: list[Any] = []
        self._processes: list[Any] = []
        self._closing = False
        self._lengths = pairs.lengths()
        self._fault = ""
        if self.workers > 1:
            pairs.share()
            if table is not None:
                share(table)
            names = {name for name, _ in parameters}
            constants = {name: t for name, t in model.state_dict().items() if name not in names}
            constants = {name: t for name, t in constants.items() if not _is_tied(t, parameters)}
            parts = _Parts(
                model.config, constants, self.shape, self.memory, pairs, outputs, table, dropouts, seed
            )
            for index in range(1, self.workers):
                ours, theirs = context.Pipe()
                # A daemon ends with this process; the watch in _serve covers a kill.
                process = context.Process(
                    target=_serve, args=(parts, index, theirs, self._counter, self._barrier), daemon=True
                )
                process.start()
                theirs.close()
                self._channels.append(ours)
                self._processes.append(process)
                threading.Thread(target=self._watch, args=(process,), daemon=True).start()
        torch.manual_seed(seed)
        self._learner = Learner(
            model,
            self.memory,
            pairs,
            Objective(model, outputs, table, pad=pairs.pad, dropouts=dropouts),
            index=0,
            draw=lambda: _draw(self._counter),
            wait=self._wait,
        )

    def divide(self, indices: NDArray[np.int64], tokens: int, chance: np.random.Generator) -> list[list[int]]:
        """All pairs of an epoch in batches of neighbours in length, in any order."""
        indices = chance.permutation(indices)
        answer: list[list[int]] = []
        for start in range(0, len(indices), _POOL):
            pool = indices[start : start + _POOL]
            answer += batches(self._lengths, by_length(self._lengths, pool), tokens)
        return [answer[i] for i in chance.permutation(len(answer))]

    def ready(self) -> None:
        """Wait until every process has its model; loading takes seconds."""
        self._wait()

    def learn(self, batches: list[list[int]], update: Update) -> float:
        """One update from these batches; the mean loss of a target piece, in nats."""
        self._send(("learn", batches, update))
        self._learner.learn(batches, update)
        return self._mean()

    def measure(self, batches: list[list[int]], *, shifted: bool = False) -> float:
        """The mean loss of a target piece in these batches, in nats."""
        self._send(("measure", batches, shifted))
        self._learner.measure(batches, shifted=shifted)
        return self._mean()

    def close(self) -> None:
        """End the other processes."""
        self._closing = True
        for channel in self._channels:
            channel.close()
        for process in self._processes:
            process.join(5)
            if process.is_alive():
                process.kill()
                process.join()
        self._processes, self._channels = [], []

    def _send(self, work: Work) -> None:
        if self._fault:
            raise MuwaziError(self._fault)
        self._counter.value = 0
        for channel in self._channels:
            try:
                channel.send(work)
            except OSError as error:
                raise MuwaziError(self._fault or f"A worker process is gone: {error}.") from error

    def _wait(self) -> None:
        if self.workers == 1:
            return
        try:
            self._barrier.wait()
        except threading.BrokenBarrierError:
            raise MuwaziError(self._fault or "A worker process ended before its work was done.") from None

    def _watch(self, process: Any) -> None:
        process.join()
        if not self._closing:
            self._fault = (
                f"A worker process ended unexpectedly, with exit code {process.exitcode} (-9 is often a lack "
                "of memory). The last checkpoint is kept: train again to go on, with fewer --workers if "
                "memory is short."
            )
            self._barrier.abort()

    def _mean(self) -> float:
        figures = self.memory.figures.sum(0)
        return float(figures[0] / figures[1].clamp_min(1))


def _serve(parts: _Parts, index: int, channel: Connection, counter: Any, barrier: Any) -> None:
    """The life of a worker process: build the model on shared memory, then work until the channel closes."""
    from transformers import MarianMTModel

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    torch.manual_seed(parts.seed + index)
    model: Any = MarianMTModel(parts.config)
    model.load_state_dict(parts.constants, strict=False)
    parameters, _ = ordered(model, muon=parts.memory.matrices > 0)
    if [(name, tuple(p.shape)) for name, p in parameters] != parts.shape:
        raise MuwaziError("A worker process has made another model than the one that is trained.")
    learner = Learner(
        model,
        parts.memory,
        parts.pairs,
        Objective(model, parts.outputs, parts.table, pad=parts.pairs.pad, dropouts=parts.dropouts),
        index=index,
        draw=lambda: _draw(counter),
        wait=lambda: _pass(barrier),
    )
    _pass(barrier)
    while True:
        try:
            work: Work = channel.recv()
        except (EOFError, OSError):
            return
        if work[0] == "learn":
            learner.learn(work[1], work[2])
        else:
            learner.measure(work[1], shifted=work[2])


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)


def _draw(counter: Any) -> int:
    with counter.get_lock():
        number = int(counter.value)
        counter.value = number + 1
        return number


def _pass(barrier: Any) -> None:
    try:
        barrier.wait()
    except threading.BrokenBarrierError:
        os._exit(1)


def _is_tied(tensor: Tensor, parameters: Sequence[tuple[str, Tensor]]) -> bool:
    return any(tensor.data_ptr() == p.data_ptr() for _, p in parameters)


def _has_room(needed: int, pairs: Pairs, table: Tensor | None) -> bool:
    """Whether shared memory holds all that workers share; containers often have little of it."""
    total = needed + sum(part.numel() * part.element_size() for part in (pairs.pieces, pairs.bounds))
    total += table.numel() * table.element_size() if table is not None else 0
    return not _SHARED_MEMORY.is_dir() or shutil.disk_usage(_SHARED_MEMORY).free > total + 2**20
