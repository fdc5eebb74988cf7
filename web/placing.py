"""
Where the marks of a text go in its translation.

A mark takes the one run of target words that its words are linked to most and
other words least, so that nothing is marked twice and no mark is lost. Points (an
image, a line break, a footnote's number) keep to the word beside them.

Carrying markup over by word alignment is what Bergamot's translator does too; there
an element may come out in several pieces, here each stays one.
"""

import re
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise

from align.bead import WordLink
from translate.checks import translatable

_WORD = re.compile(r"\w+(?:[’'.,:/@#&-]+\w+)*")
_ARTICLE = re.compile(r"(?<!\w)(?:the|an?)\s+$", re.I)
_ARTICLES = frozenset({"the", "a", "an"})
# English words that belong to the next one.
_LEANING = _ARTICLES.union(
    ("about", "and", "are", "as", "at", "be", "because", "but", "by", "for", "from", "had", "has", "have"),
    (
        "his",
        "her",
        "if",
        "in",
        "into",
        "is",
        "its",
        "my",
        "no",
        "not",
        "of",
        "on",
        "or",
        "our",
        "than",
        "that",
    ),
    ("their", "to", "was", "were", "which", "who", "will", "with", "would", "your"),
)
_OPENING, _CLOSING = "«“\"'‘([{<", "»”\"’')]}>.,;:!?،؛؟…"
_UNLINKED = -0.02  # What a word without a link costs a run: less than any link is worth.
_FOREIGN = 0.7  # What another mark's word costs: a word of one's own on its far side is worth more.
_CLAUSE = 0.5  # What it is worth to cut where a clause ends; a link is worth up to 1.
_DISTANCE = 0.0002  # What each character away from the expected place costs, to settle ties.

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """
    What is marked: ``text[start:end]``, or the point ``start`` where both are equal.

    ``name`` is the caller's, to know it again. ``inner`` are the marks within, in order.
    """

    name: int
    start: int
    end: int
    inner: tuple["Mark", ...] = ()


@dataclass(slots=True)
class Sentence:
    """
    A sentence of a passage and its translation.

    ``start`` and ``end`` count into the passage, ``base`` into the whole
    translation, and the links (in order of the source) into each of the two.
    """

    start: int
    end: int
    base: int
    target: str
    copied: bool
    links: Sequence[WordLink] = ()
    words: list[Span] = field(init=False)
    linked: dict[int, list[WordLink]] = field(init=False)

    def __post_init__(self) -> None:
        self.words = [
            (match.start() + self.base, match.end() + self.base) for match in _WORD.finditer(self.target)
        ]
        self.linked = defaultdict(list)  # Links of each target word, by the word's start.
        starts = [word[0] for word in self.words]
        for link in self.links:
            place = bisect_right(starts, link.target_start) - 1
            if place >= 0:
                self.linked[starts[place]].append(link)

    @property
    def stop(self) -> int:
        """Where its translation ends."""
        return self.base + len(self.target)

    def words_between(self, low: int, high: int) -> list[Span]:
        """The target words that lie between two places."""
        first = bisect_left(self.words, (low, low))
        return self.words[first : bisect_left(self.words, (high, high), first)]

    def weight(self, word: Span, start: int, end: int) -> float:
        """How much a target word renders source ``start:end``; below 0 where it renders something else."""
        if self.copied:
            place = self.start + word[0] - self.base
            return 1.0 if start <= place < end else -1.0
        if self.target[word[0] - self.base : word[1] - self.base].lower() in _ARTICLES:
            return 0.0
        if start <= self.start and end >= self.end:
            return 1.0
        links = self.linked.get(word[0])
        if not links:
            return _UNLINKED
        return sum(link.score if _is_in(link, start, end) else -_FOREIGN * link.score for link in links)


def _is_in(link: WordLink, start: int, end: int) -> bool:
    """Whether most of the link's source word lies in ``start:end``: clitics may stand outside of a mark."""
    return (
        2 * (min(link.source_end, end) - max(link.source_start, start)) > link.source_end - link.source_start
    )


class Places:
    """
    Where marks of one passage go in its translation.

    ``copies`` are (target start, target end, source start) of what both texts have.
    """

    def __init__(
        self, source: str, target: str, sentences: Sequence[Sentence], copies: Sequence[tuple[int, int, int]]
    ) -> None:
        self.source = source
        self.target = target
        self.sentences = sentences
        self.copies = copies
        self._starts = [sentence.start for sentence in sentences]
        self._bases = [sentence.base for sentence in sentences]
        self._copied_from = [source for _, _, source in copies]

    def place(self, marks: Sequence[Mark]) -> tuple[Mark, ...]:
        """The marks, and those in them, in the order of the translation."""
        return self._inside(marks, (0, len(self.source)), (0, len(self.target)))

    def divide(self, marks: Sequence[Mark]) -> tuple[Mark, ...]:
        """Marks that divide the source, dividing the translation into as many parts in the same order."""
        words = [(sentence, word) for sentence in self.sentences for word in sentence.words]
        weights = [
            [sentence.weight(word, mark.start, mark.end) for sentence, word in words] for mark in marks
        ]
        sizes = list(accumulate(len(self.source[mark.start : mark.end].strip()) for mark in marks))
        breaks = [self._break(word) for _, word in words]
        bounds = _divide(weights, [size / (sizes[-1] or 1) for size in sizes], breaks)
        cuts = [0, *(self._before(words[bound][1][0]) for bound in bounds[1:-1] if bound < len(words))]
        cuts += [len(self.target)] * (len(marks) + 1 - len(cuts))
        placed = []
        for mark, start, end in zip(marks, cuts, cuts[1:], strict=False):
            span = self._trim_target(start, end)
            placed.append(self._with_inner(mark, span))
        return tuple(placed)

    def _break(self, word: Span) -> float:
        """How good it is to end a part after the word: good at the end of a clause, bad before its noun."""
        if self.target[word[1] : word[1] + 1] in tuple(".,;:!?"):
            return _CLAUSE
        return -_CLAUSE if self.target[slice(*word)].lower() in _LEANING else 0.0

    def _before(self, place: int) -> int:
        """The place, or that before the opening marks that stand right against it."""
        while place and self.target[place - 1] in _OPENING:
            place -= 1
        return place

    # --- Runs of words -----------------------------------------------------------------------------------

    def _inside(self, marks: Sequence[Mark], source: Span, target: Span) -> tuple[Mark, ...]:
        """The marks that stand in a span of the source, placed in a span of the translation."""
        spans = [(order, mark) for order, mark in enumerate(marks) if self._has_text(mark)]
        taken: list[Span] = []
        runs: dict[int, Span] = {}
        # Those about which the links say most choose first.
        for order, mark in sorted(spans, key=lambda item: -self._evidence(item[1])):
            runs[order] = self._run(mark, source, target, taken)
            if runs[order][0] < runs[order][1]:
                insort(taken, runs[order])
        self._close_gaps(dict(spans), runs, source, target)
        placed = [(runs[order][0], order, self._with_inner(mark, runs[order])) for order, mark in spans]
        by_place = sorted((run, order) for order, run in runs.items() if run[0] < run[1])
        for order, mark in enumerate(marks):
            if order not in runs:
                place = min(max(self._point(mark.start), target[0]), target[1])
                place = _beside(place, order, by_place)
                placed.append((place, order, _moved(mark, place)))
        placed.sort(key=lambda item: item[:2])
        return tuple(mark for _, _, mark in placed)

    def _with_inner(self, mark: Mark, run: Span) -> Mark:
        inner = self._inside(mark.inner, (mark.start, mark.end), run) if mark.inner else ()
        return replace(mark, start=run[0], end=run[1], inner=inner)

    def _has_text(self, mark: Mark) -> bool:
        return bool(self.source[mark.start : mark.end].strip())

    def _evidence(self, mark: Mark) -> float:
        first, last = self._index(mark.start), self._index(mark.end - 1)
        total = 0.0
        for sentence in self.sentences[max(0, first) : last + 1]:
            if sentence.copied or (mark.start <= sentence.start and sentence.end <= mark.end):
                total += len(sentence.target)
                continue
            begin = bisect_left(sentence.links, mark.start, key=lambda link: link.source_end)
            for link in sentence.links[begin:]:
                if link.source_start >= mark.end:
                    break
                total += link.score
        return total

    def _run(self, mark: Mark, source: Span, target: Span, taken: Sequence[Span]) -> Span:
        start, end = _trim(self.source, mark.start, mark.end)
        if (start, end) == _trim(self.source, *source):
            return self._trim_target(*target)
        first, last = self._sentence_at(start), self._sentence_at(end - 1)
        if first is None or last is None:
            place = self._point(mark.start)
            return place, place
        free = _free(max(target[0], first.base), min(target[1], last.stop), taken)
        if first is not last:
            run = self._edge(first, start, opens=True), self._edge(last, end, opens=False)
        else:
            run = self._inside_sentence(first, start, end, free)
        return _fit(run, free)

    def _inside_sentence(self, sentence: Sentence, start: int, end: int, free: Sequence[Span]) -> Span:
        if sentence.copied:
            return sentence.base + start - sentence.start, sentence.base + end - sentence.start
        if start <= sentence.start and end >= sentence.end:
            return sentence.base, sentence.stop
        if known := self._said_as_it_is(sentence, self.source[start:end], free):
            return known
        expected = self._expected(sentence, start, end)
        best, run = 0.0, None
        for low, high in free:
            gain, found = _heaviest(sentence, sentence.words_between(low, high), start, end, expected)
            if found and gain > best:
                best, run = gain, found
        run = run or self._unclaimed(sentence, start, end, free, expected)
        if run is None:
            return round(expected), round(expected)
        return self._with_punctuation(run, start, end, free)

    def _said_as_it_is(self, sentence: Sentence, text: str, free: Sequence[Span]) -> Span | None:
        """Where the translation repeats the text itself: an address, a number, a hashtag, a Latin name."""
        if len(text) < 2 or text not in sentence.target:
            return None
        found = [
            match.start() + sentence.base
            for match in re.finditer(rf"(?<!\w){re.escape(text)}(?!\w)", sentence.target)
        ]
        fitting = [place for place in found if any(a <= place and place + len(text) <= b for a, b in free)]
        if len(fitting) == 1 or (fitting and not translatable(text)):
            return fitting[0], fitting[0] + len(text)
        return None

    def _expected(self, sentence: Sentence, start: int, end: int) -> float:
        """Where in the translation one would look: between the neighbours' links, else at the same share."""
        after = bisect_left(sentence.links, end, key=lambda link: link.source_start)
        before = bisect_right(sentence.links, start, key=lambda link: link.source_end)
        near = (*sentence.links[max(0, before - 1) : before], *sentence.links[after : after + 1])
        if near:
            return sum(link.target_start + link.target_end for link in near) / 2 / len(near)
        middle = ((start + end) / 2 - sentence.start) / max(1, sentence.end - sentence.start)
        return sentence.base + middle * len(sentence.target)

    def _unclaimed(
        self, sentence: Sentence, start: int, end: int, free: Sequence[Span], expected: float
    ) -> Span | None:
        """For a text none of whose words is linked: the nearest words that no other text claims."""
        words = [word for low, high in free for word in sentence.words_between(low, high)]
        if not words:
            return None
        open_words = {
            word
            for word in words
            if word[0] not in sentence.linked and self.target[slice(*word)].lower() not in _ARTICLES
        }
        nearest = min(open_words or words, key=lambda word: abs((word[0] + word[1]) / 2 - expected))
        wanted = len(_WORD.findall(self.source[start:end]))
        last, count = nearest, 1
        for word in words[words.index(nearest) + 1 :]:
            if count >= wanted or word not in open_words or self.target[last[1] : word[0]].strip():
                break
            last, count = word, count + 1
        return nearest[0], last[1]

    def _with_punctuation(self, run: Span, start: int, end: int, free: Sequence[Span]) -> Span:
        """The run with the article before it, and with the quotation marks and stops the source has there."""
        low, high = next(((a, b) for a, b in free if a <= run[0] and run[1] <= b), run)
        first, last = self._with_article(run[0], low), run[1]
        while first > low and self.source[start] in _OPENING and self.target[first - 1] in _OPENING:
            first -= 1
        while last < high and self.source[end - 1] in _CLOSING and self.target[last] in _CLOSING:
            last += 1
        return first, last

    def _with_article(self, place: int, low: int = 0) -> int:
        near = max(low, place - 8)
        before = _ARTICLE.search(self.target[near:place])
        return near + before.start() if before else place

    def _edge(self, sentence: Sentence, place: int, *, opens: bool) -> int:
        """Where a mark that goes on beyond the sentence begins in it, or ends."""
        if opens and place <= sentence.start:
            return sentence.base
        if not opens and place >= sentence.end:
            return sentence.stop
        if sentence.copied:
            return sentence.base + place - sentence.start
        if not sentence.words:
            return sentence.stop if opens else sentence.base
        start, end = (place, sentence.end) if opens else (sentence.start, place)
        weights = [sentence.weight(word, start, end) for word in sentence.words]
        sums = list(accumulate(reversed(weights) if opens else weights))
        most = max(range(len(sums)), key=sums.__getitem__)
        return sentence.words[-1 - most][0] if opens else sentence.words[most][1]

    def _close_gaps(self, marks: dict[int, Mark], runs: dict[int, Span], source: Span, target: Span) -> None:
        """Words that are linked to nothing go with the mark beside them, if the source has no word there."""

        def said(order: int) -> bool:
            """Whether the mark's text itself is said in the translation: then that is all it marks."""
            return self.target[slice(*runs[order])] == self.source[marks[order].start : marks[order].end]

        by_place = sorted((order for order in runs if runs[order][0] < runs[order][1]), key=runs.__getitem__)
        for left, right in pairwise(by_place):
            touching = marks[left].end <= marks[right].start and not _WORD.search(
                self.source, marks[left].end, marks[right].start
            )
            word = _WORD.search(self.target, runs[left][1], runs[right][0]) if touching else None
            if word and not said(right) and self._is_nobodys(runs[left][1], runs[right][0]):
                runs[right] = (word.start(), runs[right][1])
        if by_place:
            first, last = by_place[0], by_place[-1]
            start, end = _trim(self.source, *source)
            low, high = self._trim_target(*target)
            if marks[first].start <= start and not said(first) and self._is_nobodys(low, runs[first][0]):
                runs[first] = (low, runs[first][1])
            if marks[last].end >= end and not said(last) and self._is_nobodys(runs[last][1], high):
                runs[last] = (runs[last][0], high)

    def _is_nobodys(self, low: int, high: int) -> bool:
        """Whether no word of the source is known to be rendered in a stretch of the translation."""
        begin = max(0, bisect_right(self._bases, low) - 1)
        for sentence in self.sentences[begin:]:
            if sentence.base >= high:
                break
            words = sentence.words_between(low, high)
            if words and (sentence.copied or any(self._renders(sentence, word) for word in words)):
                return False
        return True

    def _renders(self, sentence: Sentence, word: Span) -> bool:
        return word[0] in sentence.linked and self.target[slice(*word)].lower() not in _ARTICLES

    # --- Points ------------------------------------------------------------------------------------------

    def _point(self, place: int) -> int:
        """Where a point of the source is in the translation: by the word it touches, else by the next."""
        sentence = self._sentence_at(place)
        if sentence is None or place == sentence.start:
            return self._outside(place)
        if sentence.copied:
            return sentence.base + place - sentence.start
        if not _WORD.search(self.source, sentence.start, place):
            return sentence.base
        if not _WORD.search(self.source, place, sentence.end):
            return sentence.words[-1][1] if sentence.words else sentence.stop
        if self.source[place - 1].isspace():
            begin = bisect_right(sentence.links, place, key=lambda link: link.source_end)
            following = sentence.links[begin : begin + 8]
            if following:
                first = following[0].source_start
                best = max((x for x in following if x.source_start == first), key=lambda link: link.score)
                return self._with_article(best.target_start, sentence.base)
        else:
            stop = bisect_left(sentence.links, place, key=lambda link: link.source_start)
            previous = sentence.links[max(0, stop - 8) : stop]
            if previous:
                last = previous[-1].source_start
                best = max((x for x in previous if x.source_start == last), key=lambda link: link.score)
                return best.target_end
        share = (place - sentence.start) / (sentence.end - sentence.start)
        expected = sentence.base + share * len(sentence.target)
        return min(
            (end for _, end in sentence.words), key=lambda end: abs(end - expected), default=sentence.stop
        )

    def _outside(self, place: int) -> int:
        """The place in the translation of a place between sentences."""
        number = bisect_right(self._copied_from, place) - 1
        if number >= 0:
            start, end, source = self.copies[number]
            if place <= source + end - start:
                return start + place - source
        following = bisect_left(self._starts, place)
        return self.sentences[following].base if following < len(self.sentences) else len(self.target)

    # --- Looking up --------------------------------------------------------------------------------------

    def _trim_target(self, start: int, end: int) -> Span:
        return _trim(self.target, start, end)

    def _index(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1

    def _sentence_at(self, place: int) -> Sentence | None:
        number = self._index(place)
        return self.sentences[number] if number >= 0 and place < self.sentences[number].end else None


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _moved(mark: Mark, place: int) -> Mark:
    return replace(mark, start=place, end=place, inner=tuple(_moved(inner, place) for inner in mark.inner))


def _beside(place: int, order: int, runs: Sequence[tuple[Span, int]]) -> int:
    """The place, moved out of a run that it stands in or against, to the side it had in the source."""
    near = max(0, bisect_right(runs, place, key=lambda item: item[0][0]) - 1)
    while near and runs[near - 1][0][1] >= place:
        near -= 1
    for (start, end), other in runs[near:]:
        if start > place:
            break
        if place <= end:
            place = start if order < other else end
    return place


def _heaviest(
    sentence: Sentence, words: Sequence[Span], start: int, end: int, expected: float
) -> tuple[float, Span | None]:
    """The run of words that renders ``start:end`` most and anything else least (Kadane's algorithm)."""
    best, found = 0.0, None
    total, begin = 0.0, 0
    for number, word in enumerate(words):
        if total <= 0:
            total, begin = 0.0, number
        weight = sentence.weight(word, start, end)
        total += weight - (_DISTANCE * abs(word[0] - expected) if weight > 0 else 0)
        if total > best:
            best, found = total, (words[begin][0], word[1])
    return best, found


def _free(low: int, high: int, taken: Sequence[Span]) -> list[Span]:
    """What of ``low:high`` no other mark has taken; at least one stretch, if only an empty one."""
    stretches = []
    place = low
    for start, end in taken[max(0, bisect_left(taken, (low, low)) - 1) :]:
        if start >= high:
            break
        if start > place:
            stretches.append((place, start))
        place = max(place, end)
    if place < high or not stretches:
        stretches.append((place, max(place, high)))
    return stretches


def _fit(run: Span, free: Iterable[Span]) -> Span:
    """The run, cut to the free stretch that it shares most with."""
    low, high = max(free, key=lambda stretch: min(run[1], stretch[1]) - max(run[0], stretch[0]))
    start = min(max(run[0], low), high)
    return start, max(start, min(run[1], high))


def _divide(
    weights: Sequence[Sequence[float]], shares: Sequence[float], breaks: Sequence[float]
) -> list[int]:
    """
    Bounds that cut the words into one run for each row of weights, in order.

    ``weights[k][j]`` is how much word j belongs to run k, ``shares[k]`` which part
    of the whole ends with run k, ``breaks[j]`` how good it is to end one after word j.
    No run is empty while there are words enough.
    """
    runs, words = len(weights), len(breaks)
    least = 1 if words >= runs else 0
    best = [[float("-inf")] * (words + 1) for _ in range(runs + 1)]
    back = [[0] * (words + 1) for _ in range(runs + 1)]
    best[0][0] = 0.0
    for run in range(runs):
        sums = [0.0, *accumulate(weights[run])]
        for end in range(words + 1):
            bonus = -3 * abs(end / max(1, words) - shares[run]) + (breaks[end - 1] if end else 0)
            for start in range(end - least + 1):
                value = best[run][start] + sums[end] - sums[start] + bonus
                if value > best[run + 1][end]:
                    best[run + 1][end], back[run + 1][end] = value, start
    bounds = [words]
    for run in range(runs, 0, -1):
        bounds.append(back[run][bounds[-1]])
    return bounds[::-1]
