"""Cutting a sentence that is too long for a model, where it hurts least."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from math import ceil

from translate.errors import BadInput
from translate.normalize import ARABIC_LETTER

# Words that join clauses; «و» is written together with the word that follows it.
_JOINS = (
    "أو|ثم|لكن|لكنه|لكنها|ولكن|حيث|بينما|إذ|إذا|كما|مما|فيما|لأن|لأنه|لأنها|حتى|بعدما|قبل|عندما|لكي|الذي|التي|الذين"
    "|فإن|فقد|فكان|فلا|فلم|فهو|فهي|ففي|and|but|or|which|that|because|while"
)
# Frequent words whose «و» is part of them.
_NOT_AND = (
    "وزير|وزار|وزرا|وكال|وكلا|واشنطن|وقت|وفد|وفود|وسط|وضع|وحد|ولاي|ولد|والد|وثيق|وثائق|وجود|وصول|وفاة|وطن|وعد|ورق"
    "|وسائل|وسيل|واحد|واسع"
)
# From the best place to cut to the worst. A match is the white space that falls between two pieces.
_SEPARATORS = tuple(
    re.compile(pattern)
    for pattern in (
        # An inner sentence ends; two letters before the stop rule out initials.
        r"(?:(?<=[^\W\d_][^\W\d_][.!?؟…])|(?<=[^\W\d_][^\W\d_][.!?؟…][\"”»’)\]]))\s+",
        r"(?<=؛)(?!\d)\s*|(?<=;)\s+",
        rf"(?<=[،,:])\s+|(?<=،)(?=[{ARABIC_LETTER}])|\s+(?=[–—-]\s)",
        rf"\s+(?=(?:{_JOINS})(?!\w)|(?!{_NOT_AND})و[{ARABIC_LETTER}])",
        r"(?<!\d)\s+(?!\d)",
        r"\s+",
    )
)
_SPACE = _SEPARATORS[-1]
_LONGEST_WORD = 16  # How far a separator may look beyond the place where it stands.
# Pieces are planned to fill this much of the limit, because length is only nearly proportional to characters.
_FILL = 0.9
# A model's unit is shorter than this on average: what is surely too long is cut before it is counted.
_LONGEST_UNIT_CHARS = 32


def resplit(sentence: str, limit: int, length: Callable[[str], int]) -> list[tuple[int, int]]:
    """
    The spans (start, end) of pieces of a sentence, each at most ``limit`` units long.

    ``length`` counts the units (a model's tokens) of a text; it is called about
    three times per piece, on texts of a few pieces at most. A sentence that fits
    is one piece. Otherwise it is cut where an inner sentence ends, else at ``؛``,
    else at ``،``, else before a conjunction, else at a space away from digits, else
    at any space, into pieces of similar length; a word longer than the limit
    is cut within. White space alone lies between the pieces. A single
    character that exceeds the limit stays whole.

    >>> resplit("جاء الوفد، ثم غادر", 3, lambda text: len(text.split()))
    [(0, 10), (11, 18)]

    Raises BadInput if the limit is not positive.
    """
    if limit < 1:
        raise BadInput(f"A piece of a sentence needs a limit of at least 1 unit; got {limit}.")
    pieces = []
    pending = [(0, len(sentence))]
    while pending:
        start, end = pending.pop()
        piece = sentence[start:end]
        start, end = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        size = end - start
        if size <= 0:
            continue
        if size > _LONGEST_UNIT_CHARS * limit:
            longest_chars = _LONGEST_UNIT_CHARS * limit // 2
        else:
            units = length(sentence[start:end])
            if units <= limit or size == 1:
                pieces.append((start, end))
                continue
            longest_chars = max(1, int(size * _FILL * limit / units))
        pending.extend(reversed(list(_cut(sentence, start, end, longest_chars))))
    return pieces


def _cut(text: str, start: int, end: int, longest_chars: int) -> Iterator[tuple[int, int]]:
    """Yield two or more spans of similar size, of about ``longest_chars`` code points at most."""
    while end - start > longest_chars:
        target = (end - start) / ceil((end - start) / longest_chars)
        left, right = _gap(text, start, end, target, longest_chars)
        yield start, left
        start = right
    yield start, end


def _gap(text: str, start: int, end: int, target: float, longest_chars: int) -> tuple[int, int]:
    """The best gap (start, end) after which the next piece begins, some ``target`` code points on."""
    ideal = start + target
    nearest = max(start + 1, int(start + target / 2))
    farthest = min(start + longest_chars, int(end - target / 2))
    for separator in _SEPARATORS:
        gaps = [
            match.span()
            for match in separator.finditer(text, nearest, min(end, farthest + _LONGEST_WORD))
            if match.start() <= farthest and match.end() < end
        ]
        if gaps:
            return min(gaps, key=lambda gap: abs(gap[0] - ideal))
    earlier = [match.span() for match in _SPACE.finditer(text, start, nearest)]
    if earlier:
        return earlier[-1]
    # One long word. What is surely too long is cut within; else it is taken whole and counted.
    if later := _SPACE.search(text, nearest, min(end, start + 2 * longest_chars)):
        return later.span()
    place = _place_within_word(text, start, end, int(ideal))
    return place, place


def _place_within_word(text: str, start: int, end: int, ideal: int) -> int:
    """A place near ``ideal``, strictly between start and end, that breaks no number, address or character."""
    ideal = min(max(ideal, start + 1), end - 1)
    near = range(max(start + 1, ideal - 64), min(end, ideal + 65))
    places = sorted(near, key=lambda place: abs(place - ideal))
    for breaks in (_breaks_latin, _breaks_number, _breaks_character):
        for place in places:
            if not breaks(text, place):
                return place
    return ideal


def _breaks_character(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    return (
        unicodedata.category(after) in {"Mn", "Mc", "Me", "Sk"}
        or "\u200d" in {before, after}
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
    )


def _breaks_number(text: str, place: int) -> bool:
    return (text[place - 1].isdecimal() and text[place].isdecimal()) or _breaks_character(text, place)


def _breaks_latin(text: str, place: int) -> bool:
    """Addresses, Latin words and numbers are runs of ASCII."""
    return (text[place - 1].isascii() and text[place].isascii()) or _breaks_number(text, place)
