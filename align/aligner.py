"""
Pairing the sentences of an Arabic article with those of an English text.

    from align.aligner import align
    for bead, arabic, english in align(read("a.txt"), read("b.txt")): ...

An article against our own translation of it needs none of this: sentence ids
are carried through. Here both texts were written by people.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from align.absorption import absorb
from align.bead import Bead, ParallelText
from align.doubts import explain, related
from align.evidence import Pair, content, figures, translated
from align.length import ratio
from align.lexicon import Lexicon
from align.lexicon import load as load_lexicon
from align.rescoring import Forcing, SecondLook
from align.search import Floats, Judge, search
from align.similarity import Evidence, Side
from align.weights import LAYOUT, LogLinear, Mode, Weights
from align.weights import load as load_weights
from translate.encoding import arabic_share
from translate.errors import BadInput
from translate.text import Article, Kind

_QUOTES = re.compile('["“”«»„]')
_LATIN = re.compile("[A-Za-z]")


def align(
    source: Article,
    target: Article,
    *,
    translations: Sequence[str] | None = None,
    mode: Mode | None = None,
    pins: Iterable[Bead] = (),
    lexicon: Lexicon | None = None,
    weights: Mapping[Mode, Weights] | None = None,
    translator: Forcing | None = None,
) -> ParallelText:
    """
    The beads of two articles, with their probabilities and what is doubtful about them.

    ``translations`` are our English for each source sentence, wanted in mode
    MT, which is the default where they are given; LEXICAL is the default
    without. ``pins`` are kept exactly as they are, whatever their size, and
    the rest is aligned around them. ``lexicon`` and ``weights`` are ours unless
    others are given (see ``muwazi align learn``). A ``translator`` is asked for a second look
    where beads remain in doubt (:mod:`align.rescoring`). Texts given the wrong way round are
    aligned all the same, and a note says so; their languages are set right.

    Raises BadInput where pins contradict each other or lie outside the texts,
    or translations are missing or not one per sentence.
    """
    pinned = sorted(
        (replace(pin, pinned=True, confidence=1.0) for pin in pins),
        key=lambda pin: (pin.source.start, pin.target.start, pin.source.stop, pin.target.stop),
    )
    _check_pins(pinned, len(source.segments), len(target.segments))
    mode = mode or (Mode.MT if translations is not None else Mode.LEXICAL)
    if mode is Mode.MT and (translations is None or len(translations) != len(source.segments)):
        count = "none" if translations is None else str(len(translations))
        raise BadInput(
            f"Mode mt needs one translation per source sentence: {len(source.segments)} wanted, "
            f"{count} given. Translate the source first, or use the mode lexical."
        )
    if swapped(source, target):
        mirrored = align(
            target,
            source,
            mode=min(mode, Mode.LEXICAL, key=list(Mode).index),
            pins=(pin.mirrored() for pin in pinned),
            lexicon=lexicon,
            weights=weights,
            translator=translator,
        )
        note = (
            "The sides look swapped: the source is English and the target Arabic. "
            "They were aligned the other way round."
        )
        if source.language.startswith("ar"):
            source, target = (
                replace(source, language=target.language),
                replace(target, language=source.language),
            )
        turned = mirrored.mirrored()
        return replace(turned, source=source, target=target, notes=(note, *mirrored.notes))
    evidence = gather(source, target, mode, translations, lexicon)
    chosen = {**(weights or load_weights())[mode], **LAYOUT}
    judge = SecondLook(translator, source, target) if translator is not None else None
    scorer = LogLinear(evidence, chosen, _omitted(pinned))
    found = [bead for piece in _between_pins(pinned, evidence) for bead in _solve(piece, scorer, judge)]
    beads = absorb(found, scorer)
    if mode is Mode.LENGTH:
        return ParallelText(source, target, tuple(explain(evidence, beads)))
    relation = related(evidence, beads)
    notes: tuple[str, ...] = ()
    if relation < 1:
        notes = ("The two texts have hardly a word in common: they may not be translations of each other.",)
        beads = [
            bead if bead.pinned else replace(bead, confidence=(bead.confidence or 0.0) * relation)
            for bead in beads
        ]
    return ParallelText(source, target, tuple(explain(evidence, beads)), notes=notes)


def gather(
    source: Article,
    target: Article,
    mode: Mode,
    translations: Sequence[str] | None = None,
    lexicon: Lexicon | None = None,
) -> Evidence:
    """All evidence that a mode uses."""
    left, right = _side(source), _side(target)
    pairs: dict[str, Pair] = {}
    values: tuple[str, ...] = ()
    if mode is not Mode.LENGTH:
        lexicon = lexicon or load_lexicon()
        sources = [segment.text for segment in source.segments]
        targets = [segment.text for segment in target.segments]
        pairs["content"] = content(sources, targets, lexicon)
        pairs["figures"], values = figures(sources, targets)
        if mode is Mode.MT and translations is not None:
            pairs["translation"] = translated(translations, targets, lexicon)
    return Evidence(left, right, pairs, ratio(left.chars, right.chars), values)


def swapped(source: Article, target: Article) -> bool:
    """Whether the source is written in Latin letters and the target in Arabic ones."""
    latin = _LATIN.search(source.body) is not None
    return latin and arabic_share(source.body) < 0.3 and arabic_share(target.body) > 0.7


def _side(article: Article) -> Side:
    segments = article.segments

    def flags(values: Iterable[bool]) -> Floats:
        return np.fromiter(values, np.float64, len(segments))

    paragraphs = [-1, *(segment.paragraph for segment in segments)]
    opens = flags(here != before for before, here in pairwise(paragraphs))
    return Side(
        chars=np.array([len(segment.text) for segment in segments], np.float64),
        # Where every line is a paragraph of its own, paragraphs say nothing.
        opens=opens if not opens.all() else np.zeros(len(segments)),
        heading=flags(segment.kind is Kind.HEADING for segment in segments),
        furniture=flags(segment.kind is Kind.FURNITURE for segment in segments),
        quotes=flags(_QUOTES.search(segment.text) is not None for segment in segments),
    )


def _check_pins(pins: Sequence[Bead], sources: int, targets: int) -> None:
    source = target = 0
    for pin in pins:
        if pin.source.stop > sources or pin.target.stop > targets:
            raise BadInput(
                f"A pinned bead reaches sentence {pin.source.stop} and {pin.target.stop}; "
                f"the texts have {sources} and {targets}."
            )
        if (pin.source and pin.source.start < source) or (pin.target and pin.target.start < target):
            raise BadInput(
                f"Pinned beads cross or overlap at source {pin.source.start}, target {pin.target.start}; "
                "pins must follow each other on both sides."
            )
        source, target = (
            max(source, pin.source.stop if pin.source else 0),
            max(target, pin.target.stop if pin.target else 0),
        )


_Piece = tuple[range, range] | Bead


def _between_pins(pins: Sequence[Bead], evidence: Evidence) -> Iterator[_Piece]:
    """The pinned pairs, and the runs of sentences before, between and after them."""
    source = target = 0
    for pin in pins:
        if not pin.is_null:
            yield range(source, pin.source.start), range(target, pin.target.start)
            yield pin
            source, target = pin.source.stop, pin.target.stop
    yield range(source, evidence.sources), range(target, evidence.targets)


def _omitted(pins: Sequence[Bead]) -> tuple[frozenset[int], frozenset[int]]:
    """The source and target sentences that somebody said have no counterpart."""
    return (
        frozenset(n for pin in pins if not pin.target for n in pin.source),
        frozenset(n for pin in pins if not pin.source for n in pin.target),
    )


def _solve(piece: _Piece, scorer: LogLinear, judge: Judge | None) -> Iterator[Bead]:
    if isinstance(piece, Bead):
        yield piece
        return
    sources, targets = piece
    left_out = scorer.left_out
    for edge in search(
        scorer.between(sources, targets), judge and _moved(judge, sources.start, targets.start)
    ):
        a, b = edge.size
        i, j = edge.source + sources.start, edge.target + targets.start
        fixed = (not b and i - 1 in left_out[0]) or (not a and j - 1 in left_out[1])
        yield Bead(range(i - a, i), range(j - b, j), edge.weight, edge.probability, pinned=fixed)


def _moved(judge: Judge, source: int, target: int) -> Judge:
    """The same judge for runs of sentences that begin after so many."""

    def ask(beads: Sequence[tuple[range, range]]) -> Floats:
        return judge(
            [
                (range(a.start + source, a.stop + source), range(b.start + target, b.stop + target))
                for a, b in beads
            ]
        )

    return ask
