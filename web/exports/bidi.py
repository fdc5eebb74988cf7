"""
Text of one direction with pieces of the other: which pieces to isolate, and with what.

Without isolation a Latin name or a signed number inside Arabic drags the marks
around it to the wrong side (Unicode Standard Annex 9). Numbers alone are left
to the algorithm, which knows how Arabic writes them.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

Direction = Literal["rtl", "ltr"]

FSI, PDI = "\u2068", "\u2069"
_OPENERS, _ENDERS = "\u202a\u202b\u202d\u202e", "\u202c"
_ISOLATES = "\u2066\u2067\u2068"
_LATIN = "A-Za-z\u00c0-\u024f"
_WORD = f"[@#]?[{_LATIN}0-9]+(?:[.,:/'’&@_%+#=?~-]+[{_LATIN}0-9]+)*[%/+]?"
_IN_ARABIC = re.compile(
    # Words, at least one with a letter; a number before the first belongs to the Arabic.
    rf"(?:[@#]?[{_LATIN}]|[0-9][.,:/'’&@_%+#=?~-]*(?=[0-9.,:/'’&@_%+#=?~-]*[{_LATIN}]))"
    rf"(?:[{_LATIN}0-9]|[.,:/'’&@_%+#=?~-]+(?=[{_LATIN}0-9]))*[%/+]?(?:[ ]{_WORD})*"
    rf"|(?<![\w+−-])[+−±-][0-9][0-9.,:-]*[0-9]?%?"
)
_IN_ENGLISH = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]"
                         "(?:[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc ]*"
                         "[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc])?")  # fmt: skip


def runs(text: str, direction: Direction) -> Iterator[tuple[str, bool]]:
    """
    The pieces of ``text``, and whether each runs against ``direction`` and wants isolation.

    >>> list(runs("حلف NATO قوي", "rtl"))
    [('حلف ', False), ('NATO', True), (' قوي', False)]
    """
    if runs_against(text, direction):
        yield text, True
        return
    place = 0
    for match in (_IN_ARABIC if direction == "rtl" else _IN_ENGLISH).finditer(text):
        if match.start() > place:
            yield text[place : match.start()], False
        yield match.group(), True
        place = match.end()
    if place < len(text):
        yield text[place:], False


def runs_against(text: str, direction: Direction) -> bool:
    """
    Whether ``text`` has letters, and all of the other direction: the stops are then theirs as well.

    >>> [runs_against(text, "rtl") for text in ("This is English.", "هاتف iPhone", "2024.")]
    [True, False, False]
    """
    classes = set(map(unicodedata.bidirectional, text))
    rtl, ltr = bool(classes & {"R", "AL"}), "L" in classes
    return ltr and not rtl if direction == "rtl" else rtl and not ltr


def isolate(text: str, direction: Direction) -> str:
    """``text`` for plain files where both directions share a line: isolated inside and as a whole."""
    inner = "".join(
        f"{FSI}{piece}{PDI}" if foreign else piece for piece, foreign in runs(closed(text), direction)
    )
    return f"{FSI}{inner}{PDI}"


def closed(text: str) -> str:
    """
    ``text`` whose own direction marks end where it ends.

    Ends without a beginning are left out, and what was left open is closed, so
    that a stray override turns nothing around but the text that it came with.
    """
    kept: list[str] = []
    open_marks: list[str] = []
    for character in text:
        if character in _ISOLATES:
            open_marks.append(PDI)
        elif character in _OPENERS:
            open_marks.append(_ENDERS)
        elif character == PDI:
            if PDI not in open_marks:
                continue
            while open_marks.pop() != PDI:
                pass
        elif character == _ENDERS:
            if not open_marks or open_marks[-1] != _ENDERS:
                continue
            open_marks.pop()
        kept.append(character)
    return "".join([*kept, *reversed(open_marks)])
