"""Adam (Kingma & Ba 2015) on flat tensors; where sizes are tensors too, a step can be recorded."""

from torch import Tensor

_BETAS = (0.9, 0.98)
_EPSILON = 1e-9


def sizes(rate: float, count: int) -> tuple[float, float]:
    """What step ``count`` (from 1) multiplies the direction by, and what it divides the variance by."""
    return rate / (1 - _BETAS[0] ** count), 1 - _BETAS[1] ** count


def step(
    weights: Tensor,
    gradient: Tensor,
    first: Tensor,
    second: Tensor,
    size: float | Tensor,
    variance: float | Tensor,
) -> None:
    """Move ``weights`` and both moments, all of one shape, in place."""
    first.lerp_(gradient, 1 - _BETAS[0])
    second.mul_(_BETAS[1]).addcmul_(gradient, gradient, value=1 - _BETAS[1])
    weights.sub_(first / (second / variance).sqrt_().add_(_EPSILON) * size)
