"""What is in a line that a translation may stumble over: length, numbers, names, quotations, negation."""

import re
from collections.abc import Sequence

from eval.names import pair_names
from translate.numbers import numbers

LENGTHS = (10, 20, 30, 40)  # Upper ends of the length buckets, in words.

_NEGATION_AR = re.compile(r"(?<!\w)[وف]?(?:لا|لم|لن|ليس|ليست|ليسوا|لست|لسنا|بلا|غير|دون|بدون|عدم)(?!\w)")
_NEGATION_EN = re.compile(
    r"(?<!\w)(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|\w+n['’]t|un(?:able|likely|willing)|"
    r"fail(?:s|ed|ing)?|refus(?:e|es|ed|ing|al)|den(?:y|ies|ied)|reject(?:s|ed)?|lacks?|lacking|"
    r"absence|impossible|non-?\w+)(?!\w)",
    re.I,
)
_QUOTE = re.compile('["“”„«»]')
_LATIN = re.compile(r"[A-Za-z]{2,}")
_WORD = re.compile(r"\w+(?:[-'’.,]\w+)*")


def word_count(text: str) -> int:
    """Words of either script; punctuation is not counted."""
    return len(_WORD.findall(text))


def negations(text: str) -> int:
    """How many negating words there are, in Arabic or English."""
    return len(_NEGATION_AR.findall(text)) + len(_NEGATION_EN.findall(text))


def quotes(text: str) -> int:
    """How many double quotation marks there are, of any shape."""
    return len(_QUOTE.findall(text))


def latin_tokens(text: str) -> list[str]:
    """Words in Latin letters: in Arabic text they should survive as they are."""
    return _LATIN.findall(text)


def length_bucket(words: int) -> str:
    """
    Which length bucket a line of so many words falls in.

    >>> length_bucket(10), length_bucket(11), length_bucket(99)
    ('1–10 words', '11–20 words', '41 words and more')
    """
    low = 1
    for high in LENGTHS:
        if words <= high:
            return f"{low}–{high} words"
        low = high + 1
    return f"{low} words and more"


def features(source: str | None, reference: str) -> list[str]:
    """
    The buckets one line belongs to, its length first.

    Without a source the reference is looked at, and names are not known.
    """
    text = reference if source is None else source
    found = [length_bucket(word_count(text))]
    found.append("with numbers" if numbers(text) else "without numbers")
    if source is not None:
        found.append("with names" if pair_names(source, reference) else "without names")
        if latin_tokens(source):
            found.append("with Latin words")
    found.append("with a quotation" if quotes(text) >= 1 else "without a quotation")
    if negations(text):
        found.append("with a negation")
    if re.search("[؟?]", text):
        found.append("questions")
    return found


def order(names: Sequence[str]) -> list[str]:
    """Bucket names in the order of reports: lengths rising, then the others in pairs."""
    lengths = [length_bucket(high) for high in LENGTHS] + [length_bucket(LENGTHS[-1] + 1)]
    others = [
        *("with numbers", "without numbers", "with names", "without names", "with a quotation"),
        *("without a quotation", "with Latin words", "with a negation", "questions"),
    ]
    known = set(names)
    return [name for name in [*lengths, *others] if name in known]
