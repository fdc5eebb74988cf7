"""Words that differ: between a translation and its reference, by kind, and between two translations."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from eval.metrics import ter_words
from eval.ter import Edit, edits
from eval.vocabulary import FUNCTION_WORDS
from translate.numbers import numbers


class Word(StrEnum):
    """What kind of word an edit is about; the first that fits."""

    PUNCTUATION = "punctuation"  # The same word with another mark, or a mark alone.
    NUMBER = "number"
    FORM = "other form"  # The same beginning: signed for signing.
    FUNCTION = "function word"
    NAME = "name"
    CONTENT = "content word"


class Error(StrEnum):
    """What an edit says about the translation."""

    MISSING = "missing"
    EXTRA = "extra"
    WRONG = "wrong"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Errors:
    """
    Word-level errors of one or more lines: how many of each kind, per kind of word.

    ``words`` is the number of reference words, the base of rates. Shifts move
    blocks of words and have no kind of word. ``missing`` and ``extra`` count
    the names and content words themselves.
    """

    counts: Counter[tuple[Error, Word]]
    moved: int
    words: int
    missing: Counter[str]
    extra: Counter[str]

    def rate(self, error: Error) -> float:
        """Errors of one kind per 100 reference words; over all kinds they add up to TER."""
        counted = sum(n for (kind, _), n in self.counts.items() if kind is error)
        some = self.moved if error is Error.MOVED else counted
        return 100 * some / self.words if self.words else 0.0


def errors(hypotheses: Sequence[str], references: Sequence[str]) -> Errors:
    """
    The errors behind the edits of TER; case is not looked at, as in TER itself.

    >>> errors(["He visit Tokyo."], ["He visited Tokyo."]).counts
    Counter({(<Error.WRONG: 'wrong'>, <Word.FORM: 'other form'>): 1})
    """
    counts: Counter[tuple[Error, Word]] = Counter()
    missing: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    moved = words = 0
    for hypothesis, reference in zip(hypotheses, references, strict=True):
        wanted = ter_words(reference)
        found = edits(ter_words(hypothesis), wanted)
        moved += found.shifts
        words += len(wanted)
        written = {
            _bare(word).lower(): _bare(word) for text in (reference, hypothesis) for word in text.split()
        }
        for edit, left, right in found.words:
            if edit is Edit.KEEP:
                continue
            error = {Edit.ADD: Error.MISSING, Edit.REMOVE: Error.EXTRA}.get(edit, Error.WRONG)
            left, right = (written.get(_bare(word), "") for word in (left, right))
            counts[error, _kind(left, right)] += 1
            if right and left != right and _kind("", right) in _TELLING:
                missing[right] += 1
            if left and left != right and _kind(left, "") in _TELLING:
                extra[left] += 1
    return Errors(counts, moved, words, missing, extra)


_TELLING = {Word.CONTENT, Word.NAME}


def _bare(word: str) -> str:
    """A word without the marks around it."""
    return re.sub(r"^\W+|\W+$", "", word)


def _kind(left: str, right: str) -> Word:
    word = right or left
    if not word or left.lower() == right.lower():
        return Word.PUNCTUATION
    if any(map(str.isdigit, word)) or (word.lower() not in {"a", "an", "one"} and numbers(word)):
        return Word.NUMBER
    if min(len(left), len(right)) >= 4 and left[:4].lower() == right[:4].lower():
        return Word.FORM
    if word.lower() in FUNCTION_WORDS:
        return Word.FUNCTION
    return Word.NAME if word[0].isupper() else Word.CONTENT


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of two translations: the same in both, or what each has in its place."""

    same: bool
    before: str
    after: str


def diff(before: str, after: str) -> list[Change]:
    """
    What changed from one translation to another, word by word, white space kept.

    >>> [(c.before, c.after) for c in diff("He went home.", "He came home.") if not c.same]
    [('went', 'came')]
    """
    left, right = re.findall(r"\s+|\w+|[^\w\s]", before), re.findall(r"\s+|\w+|[^\w\s]", after)
    changes = []
    for op, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        changes.append(Change(op == "equal", "".join(left[a:b]), "".join(right[c:d])))
    return changes
