"""The formats of lines: TSV, ladders and Moses pairs."""

import re
from collections.abc import Iterable, Sequence

from align.bead import Bead, ParallelText, from_lines, split_lines
from translate.errors import BadInput

HEADER = ("source", "target", "source sentences", "target sentences", "confidence", "pinned", "reasons")
_LADDER_LINE = re.compile(r"\[([\d\s,]*)\]\s*:\s*\[([\d\s,]*)\](?::\s*-?[\d.eE+-]+)?")
_REASONS = "; "


def write_tsv(text: ParallelText) -> str:
    """A header and a line per bead; sentence numbers count from 1, as people do."""
    lines = ["\t".join(HEADER)]
    for bead, source, target in text:
        confidence = "" if bead.confidence is None else f"{bead.confidence:.4f}"
        cells = [source, target, _span(bead.source), _span(bead.target), confidence]
        lines.append("\t".join([*cells, "yes" if bead.pinned else "", _REASONS.join(bead.reasons)]))
    return "\n".join(lines) + "\n"


def read_tsv(data: str) -> ParallelText:
    """
    Text pairs from tab-separated lines: source, target, and whatever else :func:`write_tsv` wrote.

    The header is optional; two columns are enough. Raises BadInput with line
    and column where a line has fewer, is blank on both sides, or has a
    confidence that is none.
    """
    pairs = []
    for number, line in enumerate(split_lines(data), 1):
        cells = line.split("\t")
        if (number == 1 and tuple(cells) == HEADER) or not line.strip():
            continue
        if len(cells) < 2:
            raise BadInput(
                f"Line {number}, column {len(line) + 1}: no tab. Each line must hold a source text, a tab "
                "and a target text; either may be empty."
            )
        source, target, *rest = (cell.strip() for cell in cells)
        rest += [""] * (5 - len(rest))
        if not source and not target:
            if any(cell[:1].isdecimal() for cell in rest[:2]):
                continue  # Sentences with numbers that say nothing: blank lines.
            raise BadInput(f"Line {number}, column 1: both sides are empty.")
        column = 1 + sum(len(cell) + 1 for cell in cells[:4])
        confidence = _confidence(rest[2], f"Line {number}, column {column}") if rest[2] else None
        reasons = tuple(rest[4].split(_REASONS)) if rest[4] else ()
        pairs.append((source, target, confidence, rest[3] == "yes", reasons))
    return of_pairs(pairs)


def of_pairs(
    pairs: Iterable[tuple[str, str, float | None, bool, tuple[str, ...]]],
    languages: tuple[str, str] = ("ar", "en"),
) -> ParallelText:
    """Parallel text of (source, target, confidence, pinned, reasons), each side one sentence, "" for none."""
    sides: tuple[list[str], list[str]] = ([], [])
    beads = []
    for *texts, confidence, pinned, reasons in pairs:
        starts = len(sides[0]), len(sides[1])
        for side, text in zip(sides, texts, strict=True):
            if text:
                side.append(str(text))
        source, target = (range(start, len(side)) for start, side in zip(starts, sides, strict=True))
        beads.append(Bead(source, target, confidence=confidence, pinned=pinned, reasons=reasons))
    return ParallelText(
        from_lines(sides[0], language=languages[0]), from_lines(sides[1], language=languages[1]), tuple(beads)
    )


def write_ladder(text: ParallelText) -> str:
    """One bead per line, ``[0]:[1, 2]``: sentence numbers from 0, nulls as ``[]``, in order."""
    return "".join(f"{list(bead.source)}:{list(bead.target)}\n" for bead in text.beads)


def read_ladder(data: str) -> tuple[Bead, ...]:
    """
    The beads of a ladder; a score after a second colon, as some tools write, is ignored.

    A null stands where the beads before it end. Raises BadInput with the line
    where it is not a bead, or its sentences do not follow on.
    """
    beads = []
    source = target = 0
    for number, line in enumerate(split_lines(data), 1):
        if not line.strip():
            continue
        match = _LADDER_LINE.fullmatch(line.strip())
        if match is None:
            raise BadInput(f"Line {number}, column 1: {line[:40]!r} is not a bead such as [0]:[1, 2].")
        left, right = (
            _run(part, start, number) for part, start in zip(match.groups(), (source, target), strict=True)
        )
        beads.append(Bead(left, right))
        source, target = left.stop, right.stop
    return tuple(beads)


def write_moses(text: ParallelText) -> tuple[str, str, int]:
    """Source lines, target lines, and how many nulls had to be left out: line n of both is a pair."""
    pairs = [(source, target) for bead, source, target in text if not bead.is_null]
    sides = tuple("".join(f"{pair[side]}\n" for pair in pairs) for side in (0, 1))
    return sides[0], sides[1], text.nulls


def write_moses_lines(text: ParallelText) -> str:
    """Both sides of a Moses pair in one stream, source line then target line, nulls left out."""
    return "".join(f"{source}\n{target}\n" for bead, source, target in text if not bead.is_null)


def read_moses(source: str, target: str) -> ParallelText:
    """
    A Moses pair: two texts of as many lines. A line that is empty on one side is a null.

    Raises BadInput where the numbers of lines differ.
    """
    lines, others = split_lines(source), split_lines(target)
    if len(lines) != len(others):
        raise BadInput(
            f"{len(lines)} source lines and {len(others)} target lines; a Moses pair has as many of both."
        )
    return of_pairs(
        (a.strip(), b.strip(), None, False, ())
        for a, b in zip(lines, others, strict=True)
        if a.strip() or b.strip()
    )


def _span(sentences: range) -> str:
    if not sentences:
        return ""
    return str(sentences.stop) if len(sentences) == 1 else f"{sentences.start + 1}-{sentences.stop}"


def _run(listed: str, start: int, number: int) -> range:
    """The range of listed sentence numbers; an empty list stands at ``start``."""
    values: Sequence[int] = [int(value) for value in listed.split(",") if value.strip()]
    if not values:
        return range(start, start)
    if list(values) != list(range(start, start + len(values))):
        raise BadInput(
            f"Line {number}: sentences {list(values)} where {start} should come next; "
            "beads must be in order, without gaps, of neighbouring sentences."
        )
    return range(start, start + len(values))


def _confidence(written: str, place: str) -> float:
    try:
        value = float(written)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise BadInput(f"{place}: {written[:20]!r} is no confidence; it must be between 0 and 1.")
    return value
