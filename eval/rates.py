"""Plain accuracies of one system: of the things that should have come across, how many did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.features import latin_tokens, negations, word_count
from eval.findings import Finding, Kind, Line
from eval.names import Verdict, pair_names, spellings, verdict
from translate.checks import missing_numbers
from translate.numbers import numbers


@dataclass(frozen=True, slots=True)
class Rate:
    """
    ``count`` of ``total`` under one name; None is good where there were none.

    ``best`` is the value that a perfect translation has (0 or 1), ``about`` what was counted.
    """

    name: str
    count: float
    total: float
    best: float
    about: str

    @property
    def value(self) -> float | None:
        """The share, 0–1 (more for the length ratio); None where there was nothing to count."""
        return self.count / self.total if self.total else None


def rates(
    lines: Sequence[Line],
    found: Sequence[Sequence[Finding]],
    documents: Sequence[str] | None = None,
) -> list[Rate]:
    """Accuracies first, then rates of faults; those about names need the source."""
    kept = [_length_ratio(lines), _numbers(lines)]
    if lines and lines[0].source is not None:
        kept += [*_names(lines), _latin(lines)]
        if documents is not None:
            kept.append(_consistency(lines, documents))
    kept.append(_negations(lines))
    faults = {
        "empty": ([Kind.EMPTY], "lines without a translation"),
        "untranslated": (
            [Kind.UNTRANSLATED, Kind.ARABIC_LEFT],
            "lines in Arabic, or with some in them",
        ),
        "repetition": ([Kind.REPETITION, Kind.DOUBLED], "lines that repeat themselves or the line before"),
        "omission": ([Kind.SHORT, Kind.DROPPED], "lines far shorter than the reference, or a sentence short"),
        "addition": (
            [Kind.LONG, Kind.EXTRA],
            "lines far longer than the reference, or with a sentence more",
        ),
    }
    for name, (kinds, about) in faults.items():
        some = sum(any(finding.kind in kinds for finding in line) for line in found)
        kept.append(Rate(name, some, len(lines), 0, about))
    return kept


def _length_ratio(lines: Sequence[Line]) -> Rate:
    said = sum(word_count(line.hypothesis) for line in lines)
    wanted = sum(word_count(line.reference) for line in lines)
    return Rate("length ratio", said, wanted, 1, "words in the translation for words in the reference")


def _numbers(lines: Sequence[Line]) -> Rate:
    total = missing = 0
    for line in lines:
        origin = line.reference if line.source is None else line.source
        # Small numbers in words are often articles and idiom; `translate.checks` does not count them either.
        total += len({n.value for n in numbers(origin) if n.value and (n.in_digits or n.value > 12)})
        missing += len(missing_numbers(origin, line.hypothesis))
    return Rate("numbers kept", total - missing, total, 1, "numbers of the source that the translation says")


def _names(lines: Sequence[Line]) -> list[Rate]:
    verdicts = [
        verdict(name, line.hypothesis)
        for line in lines
        for name in pair_names(line.source or "", line.reference)
    ]
    exact = sum(one is Verdict.EXACT for one in verdicts)
    close = sum(one is Verdict.CLOSE for one in verdicts)
    return [
        Rate("names exact", exact, len(verdicts), 1, "names spelled as in the reference"),
        Rate("names by sound", exact + close, len(verdicts), 1, "names spelled so or with the same sound"),
    ]


def _latin(lines: Sequence[Line]) -> Rate:
    tokens = [
        (token.lower(), line.hypothesis.lower())
        for line in lines
        for token in latin_tokens(line.source or "")
    ]
    kept = sum(token in hypothesis for token, hypothesis in tokens)
    return Rate("Latin words kept", kept, len(tokens), 1, "words in Latin letters that survive")


def _consistency(lines: Sequence[Line], documents: Sequence[str]) -> Rate:
    varied = sum(len(some) for some in inconsistencies(lines, documents).values())
    known = {
        (document, name.target)
        for line, document in zip(lines, documents, strict=True)
        for name in pair_names(line.source or "", line.reference)
    }
    return Rate(
        "inconsistent names", varied, len(known), 0, "names spelled in more than one way within a document"
    )


def inconsistencies(
    lines: Sequence[Line], documents: Sequence[str]
) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    """By document, the Arabic names that were spelled in several ways, and how often in each."""
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for line, document in zip(lines, documents, strict=True):
        groups.setdefault(document, []).append((line.source or "", line.reference, line.hypothesis))
    found = {document: spellings(group) for document, group in groups.items()}
    return {document: some for document, some in found.items() if some}


def _negations(lines: Sequence[Line]) -> Rate:
    negated = [
        line for line in lines if negations(line.reference) and (not line.source or negations(line.source))
    ]
    kept = sum(bool(negations(line.hypothesis)) for line in negated)
    return Rate("negations kept", kept, len(negated), 1, "negated lines that stay negated")
