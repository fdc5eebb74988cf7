"""Style sheets that write from right to left, turned."""

import re

_RIGHT_TO_LEFT = re.compile(r"(direction\s*:\s*)rtl\b", re.I)
_ALIGNED_RIGHT = re.compile(r"(text-align\s*:\s*)right\b", re.I)


def turn_styles(css: str, *, alone: bool = False) -> str:
    """
    The style sheet, writing from left to right if it wrote from right to left; any other as it is.

    With ``alone``, for the style of one element, text set to the right goes to the left in any case.
    """
    if not alone and not _RIGHT_TO_LEFT.search(css):
        return css
    return _ALIGNED_RIGHT.sub(r"\1left", _RIGHT_TO_LEFT.sub(r"\1ltr", css))
