"""Muon: momentum whose update is made orthogonal, for the matrices inside a network."""

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor


class Muon:
    """
    Jordan et al. (2024). Each update has singular values near 1, by Newton–Schulz iteration.

    Matrices of one shape are iterated together, in float32: on a CPU without
    bfloat16 units PyTorch's own Muon, one matrix at a time, costs several times
    as much. Embeddings, biases and norms belong to Adam.
    """

    def __init__(self, parameters: Iterable[torch.nn.Parameter], *, momentum: float = 0.95) -> None:
        self._momentum = momentum
        self._groups: dict[tuple[int, ...], list[torch.nn.Parameter]] = defaultdict(list)
        for parameter in parameters:
            self._groups[tuple(sorted(parameter.shape))].append(parameter)
        self._velocity = [[torch.zeros_like(p) for p in group] for group in self._groups.values()]

    def state_dict(self) -> list[list[Tensor]]:
        """Momentum of each matrix, group by group."""
        return self._velocity

    def load_state_dict(self, state: list[list[Tensor]]) -> None:
        """Go on from a saved state."""
        self._velocity = state

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Update every matrix by ``rate`` times the orthogonal direction, larger for tall matrices."""
        for group, velocities in zip(self._groups.values(), self._velocity, strict=True):
            directions = []
            for parameter, velocity in zip(group, velocities, strict=True):
                gradient = parameter.grad if parameter.grad is not None else torch.zeros_like(parameter)
                velocity.lerp_(gradient, 1 - self._momentum)
                nesterov = gradient.lerp(velocity, self._momentum)
                directions.append(nesterov.T if nesterov.shape[0] > nesterov.shape[1] else nesterov)
            for parameter, flat in zip(group, _orthogonal(torch.stack(directions)), strict=True):
                update = flat.T if parameter.shape[0] > parameter.shape[1] else flat
                parameter.add_(update, alpha=-rate * max(1.0, parameter.shape[0] / parameter.shape[1]) ** 0.5)


def _orthogonal(matrices: Tensor) -> Tensor:
    """Four Newton–Schulz steps with Jordan's coefficients; shape (n, rows, columns), rows ≤ columns."""
    current: Tensor = matrices / (matrices.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(4):
        square = current @ current.transpose(1, 2)
        current = 3.4445 * current + (-4.7750 * square + 2.0315 * square @ square) @ current
    return current
