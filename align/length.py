"""
How well two lengths fit, if one text translates the other (Gale & Church 1993).
"""

import numpy as np

from align.search import Floats

VARIANCE = 6.8
"""s² of Gale & Church: variance of the target length per source character."""

TYPICAL_RATIO = 1.1
"""English over Arabic code points, when there is too little text to measure it."""

_TYPICAL_WEIGHT = 400.0  # The typical ratio counts as so many characters of text.


def ratio(source_chars: Floats, target_chars: Floats) -> float:
    """Expected target characters per source character, from both texts' totals and the typical ratio."""
    typical = _TYPICAL_WEIGHT * TYPICAL_RATIO
    measured = (float(target_chars.sum()) + typical) / (float(source_chars.sum()) + _TYPICAL_WEIGHT)
    return float(np.clip(measured, TYPICAL_RATIO / 1.5, TYPICAL_RATIO * 1.5))


def surprise(source_chars: Floats, target_chars: Floats, expected: float) -> Floats:
    """
    δ: by how many standard deviations the target is longer than expected; 0 is a perfect fit.

    Lengths are code points. The variance grows with the mean of both lengths,
    so that an empty side remains possible.
    """
    mean = (source_chars * expected + target_chars) / 2
    delta: Floats = (target_chars - source_chars * expected) / np.sqrt(VARIANCE * np.maximum(mean, 1.0))
    return delta
