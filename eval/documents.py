"""
Translations of whole documents against references that follow their own sentences.

Source and reference are aligned once, with the baseline's translation as the
bridge, and every system is scored on the same beads, so that systems can be
compared. Beads with an empty side are not scored but counted. As a check, each
translation is also cut at the reference's sentences without any aligner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from align.aligner import align
from align.bead import ParallelText, from_lines
from align.rescoring import Forcing
from eval.resegment import resegment
from eval.score import score
from eval.testsets import Document, TestSet
from eval.translation import Corpus, Coverage, System
from translate.errors import BadInput

_CHECKED = ("bleu", "chrf")


def comparable(
    test: TestSet, systems: Sequence[System], translator: Forcing | None = None
) -> tuple[Corpus, list[System]]:
    """
    Sources, references and the systems' lines, line by line; references that need it are aligned first.

    Raises what :func:`on_beads` raises.
    """
    if not test.aligned:
        return on_beads(test, systems, translator)
    references = tuple(line for document in test.documents for line in document.reference)
    return Corpus(test.name, (references,), tuple(test.sources), test.document_names), list(systems)


def on_beads(
    test: TestSet, systems: Sequence[System], translator: Forcing | None = None
) -> tuple[Corpus, list[System]]:
    """
    The corpus of aligned beads, and the systems' lines on it with their coverage.

    Each system comes with one line per source sentence; the first is the bridge.
    A ``translator`` is asked where beads remain in doubt.

    Raises BadInput where a system has another number of lines, or nothing aligns.
    """
    sources, references, documents = [], [], []
    outputs: list[list[str]] = [[] for _ in systems]
    tallies = [_Tally() for _ in systems]
    recut: list[list[str]] = [[] for _ in systems]
    lines = [_by_document(test, system) for system in systems]
    for number, document in enumerate(test.documents):
        parallel = _aligned(document, lines[0][number], translator)
        confidences = [bead.confidence for bead in parallel.beads if bead.confidence is not None]
        for bead, source, target in parallel:
            said = [" ".join(some[number][bead.source.start : bead.source.stop]).strip() for some in lines]
            for tally, text in zip(tallies, said, strict=True):
                tally.count(text, target, null=bead.is_null)
            if not bead.is_null:
                sources.append(source)
                references.append(target)
                documents.append(document.name)
                for output, text in zip(outputs, said, strict=True):
                    output.append(text)
        for position, some in enumerate(lines):
            tallies[position].confidences += confidences
            recut[position] += resegment(" ".join(some[number]), document.reference)
    if not sources:
        raise BadInput(f"Nothing of {test.name} could be aligned with its references.")
    whole = [line for document in test.documents for line in document.reference]
    scored = []
    for system, output, tally, cut in zip(systems, outputs, tallies, recut, strict=True):
        checks = score(cut, whole, metrics=_CHECKED, resamples=0)
        resegmented = {key: one.value for key, one in zip(_CHECKED, checks, strict=True)}
        scored.append(
            replace(system, lines=tuple(output), logprobs=None, coverage=tally.coverage(resegmented))
        )
    return Corpus(test.name, (tuple(references),), tuple(sources), tuple(documents)), scored


class _Tally:
    """Characters of reference and translation, inside beads and outside."""

    def __init__(self) -> None:
        self.reference = self.missed = self.said = self.added = 0
        self.confidences: list[float] = []

    def count(self, text: str, target: str, *, null: bool) -> None:
        self.reference += len(target)
        self.said += len(text)
        if null:
            self.missed += len(target)
            self.added += len(text)

    def coverage(self, resegmented: Mapping[str, float]) -> Coverage:
        omitted = self.missed / self.reference if self.reference else 0.0
        mean = sum(self.confidences) / len(self.confidences) if self.confidences else None
        return Coverage(
            covered=1 - omitted,
            omitted=omitted,
            added=self.added / self.said if self.said else 0.0,
            confidence=mean,
            resegmented=resegmented,
        )


def _by_document(test: TestSet, system: System) -> list[list[str]]:
    lines = list(system.lines)
    if len(lines) != len(test.sources):
        raise BadInput(
            f"{system.name} has {len(lines)} lines for {len(test.sources)} sentences of {test.name}."
        )
    found, start = [], 0
    for document in test.documents:
        found.append(lines[start : start + len(document.sources)])
        start += len(document.sources)
    return found


def _aligned(document: Document, translations: Sequence[str], translator: Forcing | None) -> ParallelText:
    kinds = document.kinds
    source = from_lines(document.sources, language="ar", name=document.name, kinds=kinds[0])
    target = from_lines(document.reference, language="en", name=f"{document.name}.en", kinds=kinds[1])
    return align(source, target, translations=translations, translator=translator)
