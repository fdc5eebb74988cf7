"""Parallel text for training: cleaned by counted rules, shared by `muwazi corpus` and the trainer."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from translate.errors import BadInput
from translate.normalize import Normalization
from translate.numbers import numbers
from translate.training.duplicates import Neighbours
from translate.training.parallel import Row

TARGET_NORMALIZATION = Normalization()

_ARABIC = re.compile("[\u0621-\u064a]")
_OTHER_ARABIC = re.compile("[پچژڤگکیۀٹڈڑےںہ]")  # Persian, Urdu, Kurdish; ڤ only where there are others.
_LETTER = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"\d+")
_ASCII_DIGITS = {base + n: str(n) for base in (0x0660, 0x06F0) for n in range(10)}
_GROUPING = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NO_LETTER = re.compile(r"[\W\d_]+")
_TEMPLATE = re.compile(r"\w*[A-Za-z0-9]\w*")
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    word
    for words in (
        "the of and to in a is for that on with was as by are be this from at it an or not have has were",
        "you your will which he his her she they their its we our i but if can all been had would who no",
    )
    for word in words.split()
)
_FOREIGN = frozenset(
    word
    for words in (
        "le la les des du et une est dans pour que qui sur el los las del una y por con para der die das",
        "und ist nicht mit von den ein eine il di che sono gli dos uma não com bir ve için bu",
    )
    for word in words.split()
)
_BOILERPLATE = re.compile(
    r"جميع الحقوق محفوظة|حقوق (?:النشر|الطبع|التأليف) |ملفات تعريف الارتباط|اشترك في (?:نشرتنا|النشرة|قناتنا)"
    r"|(?:اقرأ|شاهد|طالع)(?:وا)? (?:أيضا|المزيد)|انقر هنا|اضغط هنا|تابعونا على|سياسة الخصوصية|تسجيل الدخول"
    r"|all rights reserved|copyright ©|©|click here|read more|cookie policy|subscribe to our|sign up for our"
    r"|follow us on|terms of (?:use|service)|privacy policy|lorem ipsum",
    re.IGNORECASE,
)
_CODE = re.compile(r"https?://|www\.|</?\w|[{}<>\\|]|=>|\w+\(\)|\w@\w|[a-z][\w-]*/[\w-]+/|&\w+;|_{2,}|\$\w")
_WIDEST = 30  # Characters for each word that a sentence may have: a long token is data, and slow to search.
_OVERLAP = 8  # Words in a row that a pair may share with no development sentence.


@dataclass(frozen=True, slots=True)
class Pair:
    """A source sentence and its translation, normalized for the model."""

    source: str
    target: str


@dataclass(slots=True)
class Report:
    """
    How many pairs each rule took out, and where rows could not be read.

    ``examples`` has the first pairs that each rule took out.
    """

    read: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    unreadable: list[tuple[int, str]] = field(default_factory=list)  # Line numbers, from 1, and why.
    examples: dict[str, list[Pair]] = field(default_factory=dict)

    def drop(self, rule: str, pair: Pair | None = None) -> None:
        """Count a pair under the rule that took it out."""
        self.dropped[rule] += 1
        known = self.examples.setdefault(rule, [])
        if pair is not None and len(known) < 3:
            known.append(pair)

    def __str__(self) -> str:
        rules = ", ".join(f"{rule} {count:,}" for rule, count in self.dropped.most_common())
        shown = ", ".join(f"{line} ({fault})" for line, fault in self.unreadable[:10])
        more = f" and {len(self.unreadable) - 10:,} more" if len(self.unreadable) > 10 else ""
        lines = f"; unreadable lines: {shown}{more}" if shown else ""
        return f"{self.kept:,} of {self.read:,} pairs kept (out: {rules or 'none'}){lines}"


class Cleaner:
    """
    Drops pairs that teach a model something wrong; shared by the sources of one corpus.

    Rules, each counted under its name:

    - ``unreadable``: a row without two fields, or no UTF-8
    - ``empty``: a side without text
    - ``script``: a source that is mostly not Arabic, or Arabic in the target
    - ``language``: Arabic script that is Persian or Urdu, a target that is another Latin language
    - ``boilerplate``: code, addresses, and what stands on every web page
    - ``long``: over ``longest`` words (source) or a ninth more (target), or over 30 characters for each
      of these words; the latter is asked before ``script``
    - ``ratio``: lengths that no translation has
    - ``numbers``: more than two numbers on one side only
    - ``held out``: a side occurs in a development set, or shares eight words in a row with one
    - ``duplicate``: source, target and all, but for case, digits and marks
    - ``copied source``, ``copied target``: one side already ``repeats`` times there with other translations
    - ``near-duplicate``: nearly the words of an earlier pair; for sources that repeat
      a template, the first 60 characters are equal once Latin words and numbers are taken out
    """

    def __init__(
        self,
        normalization: Normalization,
        held_out: Iterable[str] = (),
        *,
        longest: int = 90,
        repeats: int = 0,
        near_duplicates: bool = False,
    ) -> None:
        self._normalization = normalization
        lines = [TARGET_NORMALIZATION(line) for line in held_out]
        self._held_out = {_key(line) for line in lines} - {""}
        self._held_out_runs = {run for line in lines for run in _runs(line)}
        self._longest, self._repeats = longest, repeats
        self._seen: set[int] = set()
        self._sides: Counter[int] = Counter()
        self._near = Neighbours() if near_duplicates else None

    def clean(
        self, rows: Iterable[Row], *, templated: bool = False, name: str = ""
    ) -> tuple[list[Pair], Report]:
        """
        The good pairs, in order, and a report.

        Raises BadInput where nothing is left, and says what the rows of ``name`` lacked.
        """
        report = Report()
        kept: list[Pair] = []
        sides = [0, 0]
        for row in rows:
            report.read += 1
            if row.fault:
                report.unreadable.append((row.line, row.fault))
                report.drop("unreadable")
                continue
            pair = Pair(self._normalization(row.source), TARGET_NORMALIZATION(row.target))
            sides = [sides[0] + bool(pair.source), sides[1] + bool(pair.target)]
            fault = self._fault(pair, row.source, templated)
            if fault:
                report.drop(fault, pair)
            else:
                kept.append(pair)
        report.kept = len(kept)
        if not kept:
            raise BadInput(_nothing(name, report, *sides))
        return kept, report

    def _fault(self, pair: Pair, written: str, templated: bool) -> str:
        """The rule a pair breaks; ``written`` is its source as it stood, Persian letters and all."""
        source, target = pair.source, pair.target
        if not source or not target:
            return "empty"
        if max(len(source), len(target)) > self._longest * _WIDEST:
            return "long"
        arabic = len(_ARABIC.findall(source))
        if arabic < 0.4 * len(_LETTER.findall(source)) or not arabic or _ARABIC.search(target):
            return "script"
        if _is_other_arabic(written) or _is_foreign(target):
            return "language"
        if _is_boilerplate(source, target):
            return "boilerplate"
        words = len(source.split()), len(target.split())
        if words[0] > self._longest or words[1] > self._longest * 10 / 9:
            return "long"
        if max(words) > 4 and not 1 / 2.6 < (words[0] + 1) / (words[1] + 1) < 2.2:
            return "ratio"
        if not 1 / 3 < len(target) / len(source) < 4:
            return "ratio"
        if _figures_differ(source, target):
            return "numbers"
        return self._known(pair, templated)

    def _known(self, pair: Pair, templated: bool) -> str:
        """Whether something is wrong with a pair because of what came before it."""
        keys = _key(pair.source), _key(pair.target)
        if self._held_out.intersection(keys):
            return "held out"
        if self._held_out_runs and any(
            run in self._held_out_runs for side in (pair.source, pair.target) for run in _runs(side)
        ):
            return "held out"
        if self._again(keys):
            return "duplicate"
        if self._repeats:
            counts = [self._sides[hash((side, key))] for side, key in enumerate(keys)]
            for count, name in zip(counts, ("copied source", "copied target"), strict=True):
                if count >= self._repeats:
                    return name
            self._sides.update(hash((side, key)) for side, key in enumerate(keys))
        if templated and self._again(("template", _TEMPLATE.sub("", pair.source)[:60])):
            return "near-duplicate"
        if self._near is not None and self._near.again(pair.source):
            return "near-duplicate"
        return ""

    def _again(self, key: tuple[str, str]) -> bool:
        digest = hash(key)
        known = digest in self._seen
        self._seen.add(digest)
        return known


def drop_misaligned(
    pairs: Sequence[Sequence[Pair]], reports: Sequence[Report]
) -> tuple[list[list[Pair]], str]:
    """
    The pairs of each source whose sides explain each other, after all other rules.

    What explains what is learned from all sources together, for each half of
    the pairs from the other half; the reports count what goes under
    ``misaligned``. The second value is a note for people: the threshold, or why
    the rule was left out.
    """
    from translate.training.misaligned import LEAST, cross_scores

    every = [pair for source in pairs for pair in source]
    if len(every) < LEAST:
        return [list(source) for source in pairs], (
            f"Too few pairs to tell misaligned ones: {len(every):,}, and it takes {LEAST:,}."
        )
    scores, threshold = cross_scores([pair.source for pair in every], [pair.target for pair in every])
    ends = list(accumulate(len(source) for source in pairs))
    answer = []
    for source, end, report in zip(pairs, ends, reports, strict=True):
        kept = []
        for pair, score in zip(source, scores[end - len(source) : end], strict=True):
            if score < threshold:  # False for NaN: too short to tell.
                report.drop("misaligned", pair)
            else:
                kept.append(pair)
        report.kept = len(kept)
        answer.append(kept)
    return (
        answer,
        f"Pairs below {threshold:.2f} nats a word, where half of random pairs lie, are misaligned.",
    )


def _nothing(name: str, report: Report, sources: int, targets: int) -> str:
    start = f"{name} has no usable pair" if name else "No usable pair"
    expected = (
        "Expected Arabic and its English translation: two fields with a tab between, a TMX or a Moses pair."
    )
    if not report.read:
        return f"{start}: the source is empty. {expected}"
    if bool(sources) != bool(targets):
        side = "Arabic" if sources else "English"
        return f"{start}: all {report.read:,} rows have text on the {side} side only. {expected}"
    return f"{start}: {report}. {expected}"


def _is_boilerplate(source: str, target: str) -> bool:
    short = len(target.split()) < 16
    if short and (_BOILERPLATE.search(source) or _BOILERPLATE.search(target)):
        return True
    return len(_CODE.findall(target)) > max(1, len(target.split()) / 8)


def _is_other_arabic(source: str) -> bool:
    return len(_OTHER_ARABIC.findall(source)) > 0.08 * len(_ARABIC.findall(source))


def _is_foreign(target: str) -> bool:
    words = [word.casefold() for word in _WORD.findall(target)]
    if len(words) < 8:
        return False
    english, foreign = sum(word in _ENGLISH for word in words), sum(word in _FOREIGN for word in words)
    return foreign > max(english, 1 if english == 0 else 2)


def _figures_differ(source: str, target: str) -> bool:
    """More than two numbers on one side only; those in words are looked for where figures alone differ."""
    figures = [
        set(_NUMBER.findall(_GROUPING.sub("", text.translate(_ASCII_DIGITS)))) for text in (source, target)
    ]
    if len(figures[0] ^ figures[1]) <= 2:
        return False
    values = [{number.value for number in numbers(text)} for text in (source, target)]
    return len(values[0] ^ values[1]) > 2


def _runs(line: str) -> Iterator[int]:
    words = [word.casefold() for word in _WORD.findall(line)]
    for start in range(len(words) - _OVERLAP + 1):
        yield hash(tuple(words[start : start + _OVERLAP]))


def _key(text: str) -> str:
    """What makes two sentences the same: their letters, without case, digits and marks."""
    return _NO_LETTER.sub("", text.casefold())
