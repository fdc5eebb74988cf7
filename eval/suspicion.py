"""
Is this what it claims to be? Lines that do not agree, and files in each other's place.

What makes a score meaningless is an error; what only makes it doubtful is a
remark for people.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import PurePath

from translate.checks import is_looping
from translate.encoding import arabic_share
from translate.errors import BadInput

_REFERENCE_NAME = re.compile(r"\b(?:ref|refs|reference|references|gold|human)\b", re.I)
_OUTPUT_NAME = re.compile(r"\b(?:hyp|hyps|hypothesis|out|output|mt|sys|system|translated)\b", re.I)


def check(
    systems: Mapping[str, Sequence[str]],
    references: Mapping[str, Sequence[str]],
    source: Sequence[str] | None = None,
    documents: Sequence[str] | None = None,
) -> list[str]:
    """
    Remarks about lines that are about to be scored; keys are the names people gave them.

    Raises BadInput where lengths differ (and at which line the texts part),
    where a reference line is empty, where the source stands in for a
    hypothesis or a reference, and where the source is not Arabic.
    """
    name, reference = next(iter(references.items()))
    for other, lines in [*references.items(), *systems.items()]:
        if len(lines) != len(reference):
            raise BadInput(_parting(other, lines, name, reference))
    for other, extra in (("the source", source), ("the document column", documents)):
        if extra is not None and len(extra) != len(reference):
            raise BadInput(
                f"{_upper(other)} has {len(extra)} lines and {name} has {len(reference)}; they must agree."
            )
    for other, lines in references.items():
        blank = [number for number, line in enumerate(lines, 1) if not line.strip()]
        if blank:
            raise BadInput(
                f"Line {blank[0]} of the reference {other} is empty ({_many(blank)}). Nothing can be scored "
                "against an empty reference: remove such lines from all files."
            )
        if mostly_arabic(lines):
            raise BadInput(
                f"The reference {other} is Arabic: line 1 is {lines[0][:40]!r}. Is it the source? "
                "Give it as the source (--source, NAME.ar), and the English as the reference "
                "(--reference, NAME.en)."
            )
    if source is not None and not mostly_arabic(source):
        raise BadInput(f"The source is not Arabic: line 1 is {source[0][:40]!r}.")
    for system, lines in systems.items():
        if mostly_arabic(lines):
            same = source is not None and sum(map(str.__eq__, lines, source)) > len(lines) / 2
            raise BadInput(
                f"{system} is {'the source' if same else 'Arabic'}, not a translation: line 1 is "
                f"{lines[0][:40]!r}. English was expected as hypothesis."
            )
    return doubts(systems, references)


def doubts(systems: Mapping[str, Sequence[str]], references: Mapping[str, Sequence[str]]) -> list[str]:
    """The remarks of :func:`check` alone: what can be scored but may not be what it claims to be."""
    remarks = []
    for system, lines in systems.items():
        blank = [number for number, line in enumerate(lines, 1) if not line.strip()]
        if blank:
            remarks.append(
                f"{system} has empty lines ({_many(blank)}, the first at {blank[0]}); each counts as 0."
            )
        remarks += _swapped(system, lines, references)
    return remarks


def _swapped(system: str, lines: Sequence[str], references: Mapping[str, Sequence[str]]) -> list[str]:
    remarks = []
    for name, reference in references.items():
        if list(lines) == list(reference):
            remarks.append(f"{system} and the reference {name} are the same, line by line.")
            continue
        named = _REFERENCE_NAME.search(_words(system)) and _OUTPUT_NAME.search(_words(name))
        faults = sum(map(is_looping, lines)) + sum(not line.strip() for line in lines)
        reference_faults = sum(map(is_looping, reference))
        # People do not write loops; where only the "reference" has them, a machine wrote it.
        if named or reference_faults > max(1, len(reference) / 100, 3 * faults):
            why = "by their names" if named else f"{reference_faults} reference lines repeat themselves"
            remarks.append(
                f"{system} and the reference {name} may be in each other's place ({why}). "
                "BLEU and TER depend on the order."
            )
    return remarks


def _parting(name: str, lines: Sequence[str], other: str, others: Sequence[str]) -> str:
    """Where two texts of different length first stop going together."""
    message = f"{name} has {len(lines)} lines and {other} has {len(others)}; they must agree line by line. "
    for number, (left, right) in enumerate(zip_longest(lines, others, fillvalue=""), 1):
        if _kind(left) != _kind(right):
            return f"{message}Line {number} is the first that differs in kind: {_pair(left, right)}."
        following = others[number] if number < len(others) else ""
        before = lines[number] if number < len(lines) else ""
        # Names and numbers are spelled alike in both: they tell when a line has slipped in or out.
        if not _marks(left) & _marks(right) and (
            len(_marks(left) & _marks(following)) > 1 or len(_marks(before) & _marks(right)) > 1
        ):
            return f"{message}They seem to slip at line {number}: {_pair(left, right)}."
    return message


def _pair(left: str, right: str) -> str:
    return f"{left[:40]!r} against {right[:40]!r}"


def _kind(line: str) -> str:
    if not line.strip():
        return "empty"
    if not any(map(str.isalpha, line)):
        return "no words"
    return "Arabic" if arabic_share(line) > 0.5 else "Latin"


def _marks(line: str) -> set[str]:
    return {word for word in re.findall(r"\w+", line) if word[0].isupper() or word[0].isdigit()}


def mostly_arabic(lines: Sequence[str]) -> bool:
    """Whether more than half of the letters are Arabic."""
    return arabic_share("\n".join(lines[:2000])) > 0.5


def _words(name: str) -> str:
    return PurePath(name).name.replace("_", " ").replace(".", " ")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _many(numbers: Sequence[int]) -> str:
    return "one line" if len(numbers) == 1 else f"{len(numbers)} lines"
