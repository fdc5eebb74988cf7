"""
Texts with marks in them (links, emphasis, breaks), translated by whole sentences.

A sentence is never cut at a mark; where each mark goes in the translation is
told by word links, see :mod:`web.placing`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

from align.bead import WordLink
from translate.checks import translatable
from translate.errors import BadInput
from translate.sentences import split
from web.placing import Mark, Places, Sentence

Translate: TypeAlias = Callable[[list[str]], list[str]]
Link: TypeAlias = Callable[[Sequence[tuple[str, str]]], Sequence[Sequence[WordLink]]]
Divide: TypeAlias = Callable[[str], Sequence[tuple[int, int]]]

_SHORT_LINE = 40  # Characters; a list or an address has shorter lines than wrapped prose.
_FEW_WORDS = 2  # Of two lines: «القاهرة / مصر», a name and an office; hardly a sentence that was wrapped.
_STOPPED = re.compile(r"[.؟?!…:؛،,][\s\"»”)]*$")
_TOUCHING = ".,;:!?،؛؟…"  # No space stands before these.


@dataclass(frozen=True, slots=True)
class Passage:
    """
    A text to be translated; a line break in it ends a sentence.

    ``marks`` are in order and do not overlap, each one's inner marks neither.
    ``ordered`` marks divide the text, and divide its translation in the same order.
    """

    text: str
    marks: tuple[Mark, ...] = ()
    ordered: bool = False

    @property
    def is_translatable(self) -> bool:
        """Whether there is Arabic in it that a translator would change."""
        return translatable(self.text)


@dataclass(frozen=True, slots=True)
class Rendering:
    """
    A translated passage, with its marks where they now belong, in the order of the translation.

    ``copies`` are (target start, target end, source start) of what was not
    translated: the white space between sentences, and sentences without Arabic.
    ``spaced`` are the places in the translation, as (mark's name, whether after it),
    that want a space: the mark stood between two spaces, of which one was left.
    """

    text: str
    marks: tuple[Mark, ...]
    copies: tuple[tuple[int, int, int], ...]
    spaced: frozenset[tuple[int, bool]] = frozenset()


def ends_sentence(lines: Sequence[str]) -> list[bool]:
    """
    For each line break inside a paragraph, whether a sentence ends there; ``lines`` are one more.

    It does where a blank line is, and in lists and addresses: lines that are
    mostly short and without a stop, or two of very few words. Anywhere else, a
    sentence may go on.
    """
    texts = [line.strip() for line in lines if line.strip()]
    short = [len(line) < _SHORT_LINE and not _STOPPED.search(line) for line in texts[:-1]]
    brief = len(texts) == 2 and all(len(line.split()) <= _FEW_WORDS for line in texts)
    if (len(texts) > 2 or brief) and sum(short) > len(short) / 2:
        return [True] * (len(lines) - 1)
    # A blank line at either end of the paragraph has no sentence on its other side to join.
    return [not (line.strip() and after.strip()) for line, after in pairwise(lines)]


def translate_texts(texts: Sequence[str], translate: Translate) -> list[str]:
    """Each text translated, with its line breaks and the white space between its sentences."""
    return [made.text for made in translate_passages([Passage(text) for text in texts], translate)]


def translate_passages(
    passages: Sequence[Passage],
    translate: Translate,
    link: Link | None = None,
    divide: Divide = split,
) -> list[Rendering]:
    """
    Each passage translated: all sentences in one call of ``translate``, each distinct one once.

    ``link`` gives the word links of (source, target) pairs; it is
    :func:`align.words.link_sentences` where it is None. ``divide`` gives the spans of
    a text's sentences. Raises BadInput where ``translate`` does not return one text
    for each.
    """
    spans = [divide(passage.text) for passage in passages]
    wanted: dict[str, str] = {}
    for passage, places in zip(passages, spans, strict=True):
        for start, end in places:
            if translatable(passage.text[start:end]):
                wanted[_line(passage.text[start:end])] = ""
    if wanted:
        made = translate(list(wanted))
        if len(made) != len(wanted):
            raise BadInput(
                f"The translator gave {len(made)} texts for {len(wanted)} sentences; one each is due."
            )
        wanted = dict(zip(wanted, made, strict=True))
    drafts = [_draft(passage.text, places, wanted) for passage, places in zip(passages, spans, strict=True)]
    links = _links(passages, drafts, link)
    return [
        _render(passage, draft, found) for passage, draft, found in zip(passages, drafts, links, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A sentence of a passage: its span, and its translation or, where ``copied``, itself."""

    start: int
    end: int
    target: str
    copied: bool


def _line(text: str) -> str:
    return " ".join(text.split())


def _draft(text: str, places: Sequence[tuple[int, int]], wanted: dict[str, str]) -> list[_Draft]:
    drafts = []
    for start, end in places:
        source = text[start:end]
        target = wanted.get(_line(source), "").strip()
        drafts.append(_Draft(start, end, target or source, not target))
    return drafts


def _links(
    passages: Sequence[Passage], drafts: Sequence[Sequence[_Draft]], link: Link | None
) -> list[list[Sequence[WordLink]]]:
    """Links for the sentences that a mark cuts, offsets into each sentence; the others need none."""
    links: list[list[Sequence[WordLink]]] = [[()] * len(found) for found in drafts]
    needing = []
    for row, (passage, found) in enumerate(zip(passages, drafts, strict=True)):
        edges = sorted(set(_edges(passage.marks)))
        place = 0
        for column, draft in enumerate(found):
            while place < len(edges) and edges[place] <= draft.start:
                place += 1
            if place < len(edges) and edges[place] < draft.end and not draft.copied:
                needing.append((row, column, (passage.text[draft.start : draft.end], draft.target)))
    if needing:
        pairs = [pair for _, _, pair in needing]
        for (row, column, _), made in zip(needing, (link or _link_words)(pairs), strict=True):
            links[row][column] = made
    return links


def _link_words(pairs: Sequence[tuple[str, str]]) -> Sequence[Sequence[WordLink]]:
    from align.words import link_sentences

    return link_sentences(pairs)


def _edges(marks: Sequence[Mark]) -> list[int]:
    edges = []
    for mark in marks:
        edges += [mark.start, mark.end, *_edges(mark.inner)]
    return edges


def _render(passage: Passage, drafts: Sequence[_Draft], links: Sequence[Sequence[WordLink]]) -> Rendering:
    pieces: list[str] = []
    copies: list[tuple[int, int, int]] = []
    sentences: list[Sentence] = []
    place = source = 0
    for draft, found in zip(drafts, links, strict=True):
        gap = passage.text[source : draft.start]
        if gap:
            copies.append((place, place + len(gap), source))
        elif sentences:
            gap = " "  # Between sentences that nobody put a space between.
        base = place + len(gap)
        if draft.copied:
            copies.append((base, base + len(draft.target), draft.start))
        moved = [
            replace(
                one,
                source_start=one.source_start + draft.start,
                source_end=one.source_end + draft.start,
                target_start=one.target_start + base,
                target_end=one.target_end + base,
            )
            for one in found
        ]
        sentences.append(Sentence(draft.start, draft.end, base, draft.target, draft.copied, moved))
        pieces += [gap, draft.target]
        place, source = base + len(draft.target), draft.end
    rest = passage.text[source:]
    if rest:
        copies.append((place, place + len(rest), source))
    text = "".join([*pieces, rest])
    if not passage.marks:
        return Rendering(text, (), tuple(copies))
    places = Places(passage.text, text, sentences, copies)
    marks = places.divide(passage.marks) if passage.ordered else places.place(passage.marks)
    return Rendering(text, marks, tuple(copies), _spaced(passage, text, marks))


def _spaced(passage: Passage, text: str, marks: Sequence[Mark]) -> frozenset[tuple[int, bool]]:
    """Where marks without a text, which had a space on both sides, would stand right against a word."""
    points = _points(passage.text, passage.marks)
    source = {point.name: point for point in points if _stood_apart(passage.text, point)}
    placed = [mark for mark in _points(text, marks) if mark.name in source]
    spaced = set()
    for before, mark, after in zip([None, *placed], placed, [*placed[1:], None], strict=False):
        place = mark.start
        alone = before is None or before.start != place
        if alone and place and not text[place - 1].isspace():
            spaced.add((mark.name, False))
        if after is not None and after.start == place:
            wanted = source[mark.name].end != source[after.name].start
        else:
            wanted = place < len(text) and not text[place].isspace() and text[place] not in _TOUCHING
        if wanted:
            spaced.add((mark.name, True))
    return frozenset(spaced)


def _points(text: str, marks: Sequence[Mark]) -> Iterator[Mark]:
    for mark in marks:
        if text[mark.start : mark.end].strip(" "):
            yield from _points(text, mark.inner)
        else:
            yield mark


def _stood_apart(text: str, point: Mark) -> bool:
    sides = text[max(0, point.start - 1) : point.end], text[point.start : point.end + 1]
    return all(any(map(str.isspace, side)) for side in sides)
