"""What the lexicon of `align` knows: which English words an Arabic one becomes, and which are ordinary."""

from functools import lru_cache

import numpy as np

from align.lexicon import load
from align.names import skeleton
from align.tokens import english_key, forms
from eval.vocabulary import ALWAYS_CAPITAL

_LIKELY = 0.01
_OFTEN = 30


@lru_cache(maxsize=65536)
def keys(word: str) -> frozenset[str]:
    """Keys (`align.tokens.english_key`) of the words that an Arabic word often becomes; empty if unknown."""
    lexicon = load()
    row = lexicon.source_id(lexicon.form(word))
    if row < 0:
        return frozenset()
    names = _target_keys()
    span = slice(lexicon.starts[row], lexicon.starts[row + 1])
    likely = zip(lexicon.targets[span].tolist(), lexicon.forward[span].tolist(), strict=True)
    return frozenset(names[target] for target, probability in likely if probability >= _LIKELY)


def keys_of(text: str) -> frozenset[str]:
    """The keys of all English words of ``text``."""
    return frozenset(english_key(form) for form in forms(text))


@lru_cache(maxsize=65536)
def is_ordinary(word: str) -> bool:
    """
    Whether an English word is no name: seen often, and mostly for an Arabic word that sounds otherwise.

    >>> is_ordinary("Minister"), is_ordinary("Japan"), is_ordinary("Johnson")
    (True, False, False)
    """
    lexicon = load()
    target = lexicon.target_id(word.lower())
    if word.lower() in ALWAYS_CAPITAL or target < 0 or int(lexicon.target_counts[target]) < _OFTEN:
        return False
    entries = np.flatnonzero(lexicon.targets == target)
    if not len(entries):
        return False
    best = entries[np.argmax(lexicon.backward[entries])]
    row = int(np.searchsorted(lexicon.starts, best, side="right")) - 1
    return skeleton(_source_keys()[row]) != skeleton(word)


@lru_cache(maxsize=1)
def _source_keys() -> list[str]:
    return list(load().source_ids)


@lru_cache(maxsize=1)
def _target_keys() -> list[str]:
    return list(load().target_ids)
