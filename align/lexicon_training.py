"""
Learning a lexicon: IBM Model 1 in both directions, with a pull towards the diagonal.

Brown et al. (1993) for the model, Dyer, Chahuneau & Smith (2013) for the
diagonal: in sentence pairs, words at the same relative place belong together.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from align.lexicon import Lexicon
from align.tokens import arabic_key, english_key, words
from translate.errors import BadInput

_NULL = 0
_NULL_SHARE = 0.08
_DIAGONAL_TENSION = 4.0
_SENTENCES_AT_ONCE = 4000


def learn(
    pairs: Iterable[tuple[str, str]],
    *,
    iterations: int = 5,
    longest: int = 60,
    least_count: int = 2,
    least_probability: float = 0.01,
    most_renderings: int = 24,
) -> Lexicon:
    """
    A lexicon from (Arabic, English) sentence pairs.

    Keys seen fewer than ``least_count`` times and pairs with more than ``longest``
    words on a side are left out; an entry is kept where the geometric mean of the two
    directions reaches ``least_probability``.

    Raises BadInput where nothing is left to learn from.
    """
    texts = [
        (
            [w.form for w in words(a) if w.script == "arabic"],
            [w.form for w in words(e) if w.script == "latin"],
        )
        for a, e in pairs
    ]
    forms = Counter(form for source, _ in texts for form in source)
    key = {form: arabic_key(form, forms) for form in forms}
    # Again with counts of keys, which are all that a reader of the table will have.
    pooled: Counter[str] = Counter()
    for form, count in forms.items():
        pooled[key[form]] += count
    pooled = Counter({k: n for k, n in pooled.items() if n >= least_count})
    key = {form: arabic_key(form, pooled) for form in forms}
    english: Counter[str] = Counter(english_key(form) for _, target in texts for form in target)
    source_ids = {k: n for n, k in enumerate(pooled)}
    target_ids = {k: n for n, k in enumerate(k for k, count in english.items() if count >= least_count)}
    encoded = [
        (
            [source_ids[k] + 1 for form in source if (k := key[form]) in source_ids],
            [target_ids[k] + 1 for form in target if (k := english_key(form)) in target_ids],
        )
        for source, target in texts
        if len(source) <= longest and len(target) <= longest
    ]
    encoded = [(source, target) for source, target in encoded if source and target]
    if not encoded:
        raise BadInput(
            f"Nothing to learn from in {len(texts)} pairs: none has words on both sides that were seen "
            f"{least_count} times. Give more pairs; is Arabic in the first column?"
        )
    width = len(target_ids) + 1
    forward = _model_one(encoded, width, iterations)
    backward = _model_one([(t, s) for s, t in encoded], len(source_ids) + 1, iterations)
    return _join(
        forward, backward, pooled, english, source_ids, target_ids, least_probability, most_renderings
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """Sorted codes ``given * width + made`` and p(made | given)."""

    codes: NDArray[np.int64]
    probability: NDArray[np.float64]
    width: int


def _model_one(encoded: Sequence[tuple[list[int], list[int]]], width: int, iterations: int) -> _Table:
    chunks = [
        _links(encoded[n : n + _SENTENCES_AT_ONCE], width) for n in range(0, len(encoded), _SENTENCES_AT_ONCE)
    ]
    codes = np.unique(np.concatenate([np.unique(chunk[0]) for chunk in chunks]))
    indexed = [
        (np.searchsorted(codes, chunk_codes).astype(np.int32), group, prior)
        for chunk_codes, group, prior in chunks
    ]
    given = codes // width
    probability = np.ones(len(codes))
    for _ in range(iterations):
        expected = np.zeros(len(codes))
        for index, group, prior in indexed:
            weight = probability[index] * prior
            total = np.bincount(group, weight)
            expected += np.bincount(index, weight / total[group], minlength=len(codes))
        probability = expected / np.bincount(given, expected)[given]
        probability[given == _NULL] = np.maximum(probability[given == _NULL], 1e-7)
    return _Table(codes, probability, width)


def _links(
    encoded: Sequence[tuple[list[int], list[int]]], width: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    """Every possible link of some sentence pairs: its code, which made word it explains, its prior."""
    codes, groups, priors = [], [], []
    made_so_far = 0
    for given, made in encoded:
        rows = np.array([_NULL, *given], np.int64)
        columns = np.array(made, np.int64)
        codes.append((rows[None, :] * width + columns[:, None]).ravel())
        groups.append(np.repeat(np.arange(made_so_far, made_so_far + len(made), dtype=np.int32), len(rows)))
        priors.append(diagonal(len(given), len(made)).ravel())
        made_so_far += len(made)
    return np.concatenate(codes), np.concatenate(groups), np.concatenate(priors)


def diagonal(given: int, made: int) -> NDArray[np.float32]:
    """
    Prior of each made word (rows) over null and the given words (columns), by relative place.

    >>> diagonal(2, 2).round(2)
    array([[0.08, 0.81, 0.11],
           [0.08, 0.11, 0.81]], dtype=float32)
    """
    here = (np.arange(made) + 0.5) / made
    there = (np.arange(given) + 0.5) / given
    pull = np.exp(-_DIAGONAL_TENSION * np.abs(here[:, None] - there[None, :]))
    pull *= (1 - _NULL_SHARE) / pull.sum(1, keepdims=True)
    return np.concatenate([np.full((made, 1), _NULL_SHARE), pull], 1).astype(np.float32)


def _join(
    forward: _Table,
    backward: _Table,
    source_counts: Counter[str],
    target_counts: Counter[str],
    source_ids: dict[str, int],
    target_ids: dict[str, int],
    least: float,
    most: int,
) -> Lexicon:
    source, target = np.divmod(forward.codes, forward.width)
    back_codes = target * backward.width + source
    place = np.minimum(np.searchsorted(backward.codes, back_codes), len(backward.codes) - 1)
    back = np.where(backward.codes[place] == back_codes, backward.probability[place], 0.0)
    kept = (source != _NULL) & (target != _NULL) & (np.sqrt(forward.probability * back) >= least)
    source, target, ahead, back = source[kept] - 1, target[kept] - 1, forward.probability[kept], back[kept]
    order = np.lexsort((-ahead, source))
    source, target, ahead, back = source[order], target[order], ahead[order], back[order]
    first = np.searchsorted(source, np.arange(len(source_ids)))
    kept = np.arange(len(source)) - first[source] < most
    source, target, ahead, back = source[kept], target[kept], ahead[kept], back[kept]
    return Lexicon(
        source_ids,
        target_ids,
        np.array([source_counts[k] for k in source_ids], np.int32),
        np.array([target_counts[k] for k in target_ids], np.int32),
        np.concatenate([[0], np.cumsum(np.bincount(source, minlength=len(source_ids)))]),
        target.astype(np.int32),
        ahead.astype(np.float32),
        back.astype(np.float32),
        {k: source_counts[k] for k in source_ids},
    )
