"""
Muon: momentum whose update is made orthogonal, for the matrices inside a network (Jordan et al. 2024).

Matrices of one shape are iterated together, in float32: on a CPU without
bfloat16 units PyTorch's own Muon, one matrix at a time, costs several times as
much. Embeddings, biases and norms belong to Adam.
"""

from torch import Tensor


def orthogonal(matrices: Tensor) -> Tensor:
    """
    The matrices with singular values near 1; shape (n, rows, columns), rows ≤ columns.

    Four Newton–Schulz steps with Jordan's coefficients.
    """
    current: Tensor = matrices / (matrices.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(4):
        square = current @ current.transpose(1, 2)
        current = 3.4445 * current + (-4.7750 * square + 2.0315 * square @ square) @ current
    return current


def scale(matrix: Tensor) -> float:
    """How much further a tall matrix moves than a wide one."""
    return float(max(1.0, matrix.shape[0] / matrix.shape[1]) ** 0.5)
