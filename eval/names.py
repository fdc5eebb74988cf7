"""
Names that come across by their sound: does كيشيدا come out as Kishida?

A name is a capitalised word of the reference whose consonants some Arabic word
of the source shares (see `align.names`). Names that are translated rather than
transliterated (اليابان, Japan) are not seen here.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from align.names import skeleton
from align.tokens import words
from eval.vocabulary import COMMON_ARABIC, NOT_NAMES

_CAPITALISED = re.compile(r"(?<![\w’'-])[A-ZÀ-ÖØ-Þ][\w’-]*(?:'\w+)?")
_SENTENCE_START = re.compile(r"(?:^|[.!?:][\"”’)]?\s+)[\"“‘'(]?$")
_ALIKE = 0.6
_HEARD = 0.66
_PROCLITICS = ("وال", "فال", "بال", "كال", "ولل", "لل", "ال", "و", "ف", "ب", "ل", "ك")


class Verdict(StrEnum):
    """How a name came out."""

    EXACT = "exact"
    CLOSE = "close"  # Another spelling of the same sound: Qishida.
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Name:
    """One name: as the source writes it, with its clitics, and as the reference does."""

    source: str
    target: str


def capitalised(text: str) -> list[tuple[str, bool]]:
    """Capitalised words without 's, and whether each begins a sentence (where a capital says little)."""
    return [
        (re.sub(r"['’]s?$", "", match.group()), bool(_SENTENCE_START.search(text[: match.start()])))
        for match in _CAPITALISED.finditer(text)
    ]


@lru_cache(maxsize=8192)
def pair_names(source: str, reference: str) -> tuple[Name, ...]:
    """
    The names of ``source`` that ``reference`` spells, each once, in the reference's order.

    >>> pair_names("أعلن كيشيدا ذلك في طوكيو", "Kishida announced it in Tokyo.")
    (Name(source='كيشيدا', target='Kishida'), Name(source='طوكيو', target='Tokyo'))
    """
    by_sound: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for word in words(source):
        written = source[word.start : word.end]
        for stem in stems(written) if word.script == "arabic" else ():
            by_sound[skeleton(stem)].append((written, stem))
    found: dict[str, Name] = {}
    for target, starts_sentence in capitalised(reference):
        if target.lower() in NOT_NAMES or target in found:
            continue
        if starts_sentence and len(skeleton(target)) < 3:
            continue
        candidates = by_sound.get(skeleton(target), ())
        alike = [(word, stem) for word, stem in candidates if sounds_like(stem, target)]
        if alike:
            written, _ = min(alike, key=lambda pair: abs(len(pair[1]) - len(target)))
            found[target] = Name(written, target)
    return tuple(found.values())


@lru_cache(maxsize=65536)
def stems(word: str) -> tuple[str, ...]:
    """An Arabic word, and what is left of it without each proclitic it may have; nothing of common words."""
    readings = [
        word,
        *(word.removeprefix(p) for p in _PROCLITICS if word.startswith(p) and len(word) > len(p) + 2),
    ]
    return () if COMMON_ARABIC & set(readings) else tuple(readings)


def sounds_like(arabic: str, latin: str) -> bool:
    """Whether the two have the same consonants; short ones must also begin alike and be of like length."""
    sound = skeleton(latin)
    if len(latin) < 3 or len(sound) < 2 or skeleton(arabic) != sound:
        return False
    if len(sound) >= 3:
        return True
    begins_alike = bool(skeleton(arabic[0])) == bool(skeleton(latin[0]))
    return begins_alike and abs(len(arabic) - len(latin)) <= 2


def verdict(name: Name, hypothesis: str) -> Verdict:
    """
    Whether ``hypothesis`` has the name as the reference spells it, in another spelling, or not.

    >>> str(verdict(Name("كيشيدا", "Kishida"), "Prime Minister Qishida"))
    'close'
    """
    spelling = rendering(name, hypothesis)
    if spelling is None:
        return Verdict.MISSING
    return Verdict.EXACT if spelling.lower() == name.target.lower() else Verdict.CLOSE


def rendering(name: Name, hypothesis: str) -> str | None:
    """The word of ``hypothesis`` that stands for the name, or None: the spelling itself, or its sound."""
    tokens = [re.sub(r"['’]s?$", "", token) for token in re.findall(r"[^\W\d_][\w'’-]*", hypothesis)]
    lowered = name.target.lower()
    for token in tokens:
        if token.lower() == lowered:
            return token
    wanted = skeleton(name.target)
    near = [t for t in tokens if t[0].isupper() and _near(skeleton(t), wanted) and t.lower() not in NOT_NAMES]
    return min(near, key=lambda t: Levenshtein.distance(t.lower(), lowered)) if near else None


def lowered(name: Name, hypothesis: str) -> str | None:
    """
    A word of ``hypothesis`` that spells the name alike but without a capital, or None.

    >>> lowered(Name("روته", "Rutte"), "the talks with rute")
    'rute'
    """
    wanted = name.target.lower()
    near = [
        token
        for token in re.findall(r"[^\W\d_][\w’'-]*", hypothesis)
        if token.islower()
        and _near(skeleton(token), skeleton(name.target))
        and Levenshtein.normalized_similarity(token, wanted) >= _ALIKE
    ]
    return min(near, key=lambda token: Levenshtein.distance(token, wanted)) if near else None


def sounds_of(source: str) -> frozenset[str]:
    """The consonants (see `align.names`) of every word of an Arabic text, with its proclitics and without."""
    return frozenset(
        skeleton(stem)
        for word in words(source)
        if word.script == "arabic"
        for stem in stems(source[word.start : word.end])
    )


def could_sound(latin: str, sounds: frozenset[str]) -> bool:
    """Whether a word may be a hearing of one of the ``sounds``: no more than a third of it differs."""
    sound = skeleton(latin)
    if len(sound) < 2:
        return True
    return any(Levenshtein.normalized_similarity(sound, other) >= _HEARD for other in sounds)


def _near(sound: str, wanted: str) -> bool:
    return sound == wanted or (
        min(len(sound), len(wanted)) >= 3 and Levenshtein.distance(sound, wanted, score_cutoff=1) <= 1
    )


def spellings(lines: Iterable[tuple[str, str, str]]) -> Mapping[str, Counter[str]]:
    """
    How each Arabic name of one document was spelled, where more than one way was used.

    ``lines`` are (source, reference, hypothesis). Names that one line's
    reference identifies are looked for in all lines. Spellings are compared
    without case.
    """
    lines = list(lines)
    known: dict[str, Name] = {}
    for source, reference, _ in lines:
        for name in pair_names(source, reference):
            for stem in stems(name.source):
                if sounds_like(stem, name.target):
                    known.setdefault(stem, name)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for source, reference, hypothesis in lines:
        here = {stem for w in words(source) for stem in stems(source[w.start : w.end])}
        others = {word.lower() for word, _ in capitalised(reference)}
        for stem in here & known.keys():
            name = known[stem]
            spelling = rendering(name, hypothesis)
            # Germany, which the line speaks of too, is no way to spell Ukraine.
            if spelling is not None and spelling.lower() not in others - {name.target.lower()}:
                same = next((way for way in found[stem] if way.lower() == spelling.lower()), spelling)
                found[stem][same] += 1
    return {stem: counts for stem, counts in found.items() if not _one_word(list(counts))}


def _one_word(ways: Sequence[str]) -> bool:
    """Whether all spellings go on from the shortest: Australia and Australian are one name."""
    shortest = min((way.lower() for way in ways), key=len)
    return all(way.lower().startswith(shortest) for way in ways)
