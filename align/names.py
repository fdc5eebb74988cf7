"""
Names across scripts: what is left of a word's consonants when spelling no longer matters.

``كيشيدا`` and ``Kishida`` both become ``KST``. Nine classes of consonants
survive (lips, teeth, throat …); vowels, glides and gutturals, on which
transliterations disagree, do not. Soundex (Russell 1918) in spirit.
"""

import re
from functools import lru_cache

_CLASSES = {
    "P": "بپbp",
    "F": "فڤfv",
    "T": "تطثدضذtd",
    "K": "كقغجخگkqgjc",
    "S": "سصشزظsz",
    "L": "لl",
    "M": "مm",
    "N": "نn",
    "R": "رr",
}


class _ClassOf(dict[int, str | None]):
    def __missing__(self, letter: int) -> None:
        """Vowels and all the rest are dropped."""


_CLASS = _ClassOf({ord(letter): name for name, letters in _CLASSES.items() for letter in letters})
# Letters that sound together, and c before a front vowel; longest first.
_TOGETHER = re.compile(r"sch|tch|تش|sh|ch|th|ph|kh|gh|ck|dj|x|c(?=[eiy])|(.)(?=\1)")
_SOUNDS = {
    "sch": "s",
    "tch": "s",
    "تش": "s",
    "sh": "s",
    "ch": "s",
    "th": "t",
    "ph": "f",
    "kh": "k",
    "gh": "k",
    "ck": "k",
    "dj": "k",
    "x": "ks",
    "c": "s",
}
_PROCLITIC = re.compile("[وف]?(?:ال|لل|[بلك](?:ال)?)")


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """
    The consonant classes of a word in either script, doubled letters once.

    >>> skeleton("Schulman"), skeleton("شولمان")
    ('SLMN', 'SLMN')
    """
    sounds = _TOGETHER.sub(lambda match: _SOUNDS.get(match.group(), ""), word.lower())
    return sounds.translate(_CLASS)


def skeletons(word: str) -> set[str]:
    """
    Keys under which a name may be found: whole, without an Arabic proclitic, and its first three classes.

    Words with fewer than two consonants give none: too much would match them.

    >>> sorted(skeletons("بكيشيدا"))
    ['KST', 'PKS+', 'PKST']
    """
    readings = {skeleton(word)}
    if clitics := _PROCLITIC.match(word):
        readings.add(skeleton(word[clitics.end() :]))
    keys = {reading for reading in readings if len(reading) >= 2}
    return keys | {f"{reading[:3]}+" for reading in keys if len(reading) > 3}
