"""
Which words of a pair of sentences render each other.

The shipped lexicon says how likely each pair of words is, the two sentences' own
words compete for each other, and where a text has several sentences its words
teach each other (a few rounds of expectation–maximisation from the lexicon's
start). Where a model is at hand, its attention says more: it was trained to look
at the word that it renders. Links are the mutual best, and what grows from them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from align.aligner import swapped
from align.bead import ParallelText, WordLink
from align.clitics import refine
from align.lexicon import Lexicon, load
from align.names import skeleton
from align.search import Floats
from align.tokens import Word, words
from translate.engine import Attention

_FLOOR = 1e-5  # Probability that any word renders any other.
_ROUNDS = 3
_LEARNED_SHARE = 0.5  # How far what the text teaches replaces the lexicon.
_TENSION = 5.0  # Pull towards the same relative place.
# Agreement asked of a mutual best pair, beside a link, and elsewhere.
_MUTUAL, _GROWN, _ALONE = 0.05, 0.05, 0.5


class Attentive(Protocol):
    """A model that shows where it looks; :class:`translate.translator.MarianTranslator` is one."""

    def attend(self, pairs: Iterable[tuple[str, str]]) -> list[Attention | None]: ...


@dataclass(frozen=True, slots=True)
class Balance:
    """
    What each kind of evidence counts beside a lexicon probability of 1.

    ``attention`` is worth that much where a model puts all its attention on one
    word; ``place`` is what words have in common by standing at the same relative
    place alone, without a model. ``null`` is the likeness that a word has to
    beat to be linked at all. ``benchmarks/align_words.py`` shows that the choice
    matters little around these values, with models weak and less weak.
    """

    lexicon: float = 1.0
    attention: float = 0.01
    place: float = 0.002
    null: float = 0.02


@dataclass(frozen=True, slots=True)
class Tokens:
    """
    The words of a sentence pair, and how well each two fit by the lexicon (sources × targets).

    ``attention`` is the largest share of it that a piece of the target word gave
    to the source word; None without a model.
    """

    source: Sequence[Word]
    target: Sequence[Word]
    forward: Floats
    backward: Floats
    attention: Floats | None = None


def link(
    text: ParallelText,
    lexicon: Lexicon | None = None,
    translator: Attentive | None = None,
    *,
    clitics: bool = False,
) -> ParallelText:
    """
    The same text with links between the words of each bead that has both sides.

    With ``clitics`` what is attached to Arabic words is linked by itself (:mod:`align.clitics`).
    Where the target is the Arabic side, it is linked all the same.
    """
    if swapped(text.source, text.target):
        return link(text.mirrored(), lexicon, translator, clitics=clitics).mirrored()
    lexicon = lexicon or load()
    spans = [
        (
            text.source.segments[bead.source.start].start,
            text.source.segments[bead.source.stop - 1].end,
            text.target.segments[bead.target.start].start,
            text.target.segments[bead.target.stop - 1].end,
        )
        for bead in text.beads
        if not bead.is_null
    ]
    pairs = [(text.source.body[a:b], text.target.body[c:d]) for a, b, c, d in spans]
    linked = link_sentences(pairs, lexicon, translator)
    if clitics:
        linked = [refine(*pair, found, lexicon.counts) for pair, found in zip(pairs, linked, strict=True)]
    links = [
        replace(
            made,
            source_start=made.source_start + a,
            source_end=made.source_end + a,
            target_start=made.target_start + c,
            target_end=made.target_end + c,
        )
        for (a, _, c, _), found in zip(spans, linked, strict=True)
        for made in found
    ]
    return replace(text, links=tuple(links))


def link_sentences(
    pairs: Iterable[tuple[str, str]],
    lexicon: Lexicon | None = None,
    translator: Attentive | None = None,
) -> list[list[WordLink]]:
    """
    Links of each (Arabic, English) sentence pair, offsets into the two strings.

    The English may be anybody's: the model's own, which it then reads again with
    the attention that it wrote it with, or a person's. The pairs are taken to be
    of one text: what is learned from one serves the others.
    """
    return link_tokens(read(list(pairs), lexicon or load(), translator))


def link_tokens(tokens: Sequence[Tokens], balance: Balance | None = None) -> list[list[WordLink]]:
    """Links of sentence pairs of one text that :func:`read` has looked up."""
    balance = balance or Balance()
    learned: dict[tuple[str, str], float] = {}
    # Attention has no part in this: its errors are systematic, and would be learned.
    words_alone = replace(balance, lexicon=1.0, attention=0.0, place=0.0)
    for _ in range(_ROUNDS if len(tokens) > 1 else 0):
        learned = _learn(tokens, learned, words_alone)
    return [_links(pair, _agreement(pair, learned, balance)) for pair in tokens]


def read(pairs: Sequence[tuple[str, str]], lexicon: Lexicon, translator: Attentive | None) -> list[Tokens]:
    """The words of each pair with all that is known of them, before any are linked."""
    tokens = [_compare(words(source), words(target), lexicon) for source, target in pairs]
    if translator is None:
        return tokens
    return [
        one if seen is None else replace(one, attention=_by_word(one, seen))
        for one, seen in zip(tokens, translator.attend(pairs), strict=True)
    ]


def _by_word(tokens: Tokens, seen: Attention) -> Floats:
    """Attention between words (sources × targets): sums over source pieces, the best of the target's."""
    source, target = _covered(seen.source, tokens.source), _covered(seen.target, tokens.target)
    by_piece = seen.weights @ source
    result = np.zeros((len(tokens.source), len(tokens.target)))
    for j, pieces in enumerate(target.T):
        if pieces.any():
            result[:, j] = by_piece[pieces].max(0)
    return result


def _covered(spans: Sequence[tuple[int, int]], found: Sequence[Word]) -> NDArray[np.bool_]:
    """Whether each piece (rows) lies in each word (columns), with at least one letter."""
    pieces = np.array(spans, np.int64).reshape(-1, 2)
    places = np.array([(word.start, word.end) for word in found], np.int64).reshape(-1, 2)
    return (pieces[:, :1] < places[:, 1]) & (places[:, 0] < pieces[:, 1:])


def _compare(source: Sequence[Word], target: Sequence[Word], lexicon: Lexicon) -> Tokens:
    """Lexicon probabilities both ways for each pair of words; for names and numbers, their looks."""
    forward = np.full((len(source), len(target)), _FLOOR)
    backward = np.full((len(source), len(target)), _FLOOR)
    columns = defaultdict(list)
    for j, word in enumerate(target):
        columns[lexicon.target_id(word.form)].append(j)
    columns.pop(-1, None)
    for i, word in enumerate(source):
        row = lexicon.source_id(word.form) if word.script == "arabic" else -1
        if row >= 0:
            span = slice(lexicon.starts[row], lexicon.starts[row + 1])
            for t, ahead, back in zip(
                lexicon.targets[span].tolist(), lexicon.forward[span], lexicon.backward[span], strict=True
            ):
                for j in columns.get(t, ()):
                    forward[i, j], backward[i, j] = ahead, back
        for j, other in enumerate(target):
            if likeness := _looks_alike(word, other):
                forward[i, j] = max(forward[i, j], likeness)
                backward[i, j] = max(backward[i, j], likeness)
    return Tokens(source, target, forward, backward)


def _looks_alike(word: Word, other: Word) -> float:
    if word.script != "arabic":
        same = word.form == other.form or (word.script == "digits" and _digits(word) == _digits(other))
        return 0.9 if same else 0.0
    if other.script != "latin" or len(other.form) < 3 or len(word.form) < 3:
        return 0.0
    left, right = skeleton(word.form), skeleton(other.form)
    if len(right) < 2:
        return 0.0
    if left == right or (len(right) > 2 and left.endswith(right) and len(left) - len(right) <= 2):
        return 0.1 if len(right) == 2 else 0.3
    return 0.1 if len(right) > 3 and left[:3] == right[:3] else 0.0


def _digits(word: Word) -> str:
    return "".join(str(int(letter)) for letter in word.form if letter.isdecimal())


def _agreement(pair: Tokens, learned: dict[tuple[str, str], float], balance: Balance) -> Floats:
    """How far each two words are each other's, 0 … 1: the geometric mean of both posteriors."""
    if not pair.source or not pair.target:
        return np.zeros((len(pair.source), len(pair.target)))
    near = _diagonal(len(pair.source), len(pair.target))
    forward, backward = pair.forward, pair.backward
    if learned:
        taught = np.array([[learned.get((a.form, b.form), 0.0) for b in pair.target] for a in pair.source])
        forward = (1 - _LEARNED_SHARE) * forward + _LEARNED_SHARE * taught
        backward = (1 - _LEARNED_SHARE) * backward + _LEARNED_SHARE * taught
    if pair.attention is None:
        more = balance.place * near
    else:
        # The model has a sense of order itself, so that the pull on what it says is half as strong.
        more = balance.attention * pair.attention * np.sqrt(near)
    by_target = balance.lexicon * forward * near + more
    by_source = balance.lexicon * backward * near + more
    by_target = by_target / (by_target.sum(0, keepdims=True) + balance.null * near.mean())
    by_source = by_source / (by_source.sum(1, keepdims=True) + balance.null * near.mean())
    agreement: Floats = np.sqrt(by_target * by_source)
    return agreement


def _diagonal(sources: int, targets: int) -> Floats:
    here = (np.arange(sources) + 0.5) / sources
    there = (np.arange(targets) + 0.5) / targets
    pull: Floats = np.exp(-_TENSION * np.abs(here[:, None] - there[None, :]))
    return pull


def _learn(
    tokens: Sequence[Tokens], learned: dict[tuple[str, str], float], balance: Balance
) -> dict[tuple[str, str], float]:
    """How often two forms were each other's, over how often either occurs: Dice, of soft counts."""
    together: dict[tuple[str, str], float] = defaultdict(float)
    left: dict[str, float] = defaultdict(float)
    right: dict[str, float] = defaultdict(float)
    for pair in tokens:
        agreement = _agreement(pair, learned, balance)
        for word in pair.source:
            left[word.form] += 1
        for word in pair.target:
            right[word.form] += 1
        for i, j in np.argwhere(agreement > 0.05).tolist():
            together[pair.source[i].form, pair.target[j].form] += float(agreement[i, j])
    # Two pretended occurrences apart keep a single coincidence from counting as knowledge.
    return {(a, b): 2 * n / (left[a] + right[b] + 2) for (a, b), n in together.items()}


def _links(pair: Tokens, agreement: Floats) -> list[WordLink]:
    """Mutual best pairs, then neighbours of links whose word is still free (grow-diag, Koehn et al. 2003)."""
    if not agreement.size:
        return []
    best_target, best_source = agreement.argmax(1), agreement.argmax(0)
    chosen = {
        (i, int(j)) for i, j in enumerate(best_target) if best_source[j] == i and agreement[i, j] > _MUTUAL
    }
    one_way = {(i, int(j)) for i, j in enumerate(best_target)} | {
        (int(i), j) for j, i in enumerate(best_source)
    }
    for i, j in sorted(one_way - chosen, key=lambda place: -agreement[place]):
        if agreement[i, j] < _GROWN:
            break
        taken = any(a == i for a, _ in chosen) and any(b == j for _, b in chosen)
        beside = any(abs(a - i) <= 1 and abs(b - j) <= 1 for a, b in chosen)
        if not taken and (beside or agreement[i, j] > _ALONE):
            chosen.add((i, j))
    chosen |= _filled(chosen, agreement.shape)
    return [
        WordLink(
            pair.source[i].start,
            pair.source[i].end,
            pair.target[j].start,
            pair.target[j].end,
            round(float(agreement[i, j]), 4),
        )
        for i, j in sorted(chosen)
    ]


def _filled(chosen: set[tuple[int, int]], shape: tuple[int, ...]) -> set[tuple[int, int]]:
    """Unlinked words of which both neighbours are linked to both neighbours of one other unlinked word."""
    sources, targets = {i for i, _ in chosen}, {j for _, j in chosen}
    return {
        (i, j)
        for i in set(range(shape[0])) - sources
        for j in set(range(shape[1])) - targets
        if {(i - 1, j - 1), (i + 1, j + 1)} <= chosen or {(i - 1, j + 1), (i + 1, j - 1)} <= chosen
    }
