"""
Muon: momentum whose update is made orthogonal, for the matrices inside a network (Jordan et al. 2024).

Matrices of one shape are iterated together; on a CPU without bfloat16 units
PyTorch's own Muon, one matrix at a time, costs several times as much.
Embeddings, biases and norms belong to Adam, in ``adam``. Rates may be tensors,
so that a recorded update can be replayed with other ones.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

_MOMENTUM = 0.95
Matrix = tuple[Tensor, Tensor, Tensor]  # Weights, their gradients (one for each worker), their velocity.


def turn(
    matrices: Sequence[Matrix], rate: float | Tensor, decay: float | Tensor, *, half: bool = False
) -> None:
    """
    One step for matrices of one shape, or of that shape turned on its side.

    ``decay`` is how much of each weight goes with a step of 1. ``half`` iterates in bfloat16.
    """
    if not matrices:
        return
    directions = []
    for _, gradients, velocity in matrices:
        gradient = gradients[0] if len(gradients) == 1 else gradients.sum(0)
        velocity.lerp_(gradient, 1 - _MOMENTUM)
        nesterov = gradient.lerp(velocity, _MOMENTUM)
        directions.append(nesterov.T if nesterov.shape[0] > nesterov.shape[1] else nesterov)
    turned = orthogonal(torch.stack(directions), half=half) * rate
    for (weights, _, _), flat in zip(matrices, turned, strict=True):
        step = flat.T if weights.shape[0] > weights.shape[1] else flat
        weights.mul_(1 - decay * rate).sub_(step, alpha=scale(weights))


def orthogonal(matrices: Tensor, *, half: bool = False) -> Tensor:
    """
    The matrices with singular values near 1; shape (n, rows, columns), rows ≤ columns.

    Four Newton–Schulz steps with Jordan's coefficients.
    """
    current: Tensor = matrices / (matrices.norm(dim=(1, 2), keepdim=True) + 1e-7)
    current = current.bfloat16() if half else current
    for _ in range(4):
        square = current @ current.transpose(1, 2)
        current = 3.4445 * current + (-4.7750 * square + 2.0315 * square @ square) @ current
    return current.to(matrices.dtype)


def scale(matrix: Tensor) -> float:
    """How much further a tall matrix moves than a wide one."""
    return float(max(1.0, matrix.shape[0] / matrix.shape[1]) ** 0.5)
