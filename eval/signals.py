"""
What shows, without a reference, that a translation may be good or bad.

Three kinds of sign: how likely the model finds each piece of the translation
when it is made to write it (forced decoding), where it looks meanwhile, and what
the two texts show to a word table and to plain rules. A second model that
translates back is not needed: the word table asks the same question, whether
each side's words have their counterparts on the other.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from align.lexicon import Lexicon
from align.lexicon import load as load_lexicon
from align.names import skeletons
from align.tokens import words
from align.words import Tokens
from align.words import read as read_words
from eval.features import latin_tokens, negations, quotes, word_count
from eval.names import capitalised
from translate.checks import is_looping, missing_numbers, warnings
from translate.engine import Engine, length_limit
from translate.models import Model
from translate.tokenizer import Tokenizer

FROM_MODEL = (
    "log-probability",
    "least likely piece",
    "unlikely pieces",
    "attention spread",
    "attention on the end",
    "source pieces looked at",
    "attention moving on",
)
FROM_TEXT = (
    "length against source",
    "source words",
    "warnings",
    "numbers missing",
    "Latin words missing",
    "looping",
    "distinct words",
    "words copied",
    "negation agrees",
    "quotes agree",
    "names by sound",
    "source words rendered",
    "words with a source",
    "likeness by word table",
    "source words unknown",
)
SIGNALS = (*FROM_MODEL, *FROM_TEXT)

Rows = NDArray[np.float64]

_UNLIKELY = math.log(0.1)
_LEAST = -20.0  # A piece that the model was built never to write would outweigh all others.
_LOOKED_AT = 0.3  # Of one step's attention: less than that, and a source piece was passed over.
_TOGETHER = 256  # Pairs read at a time, which bounds the attention held.


@dataclass(frozen=True, slots=True)
class Reader:
    """A loaded model that reads translations, its own or others'."""

    model: Model
    engine: Engine

    def look(self, pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[float, ...] | None]:
        """The signals of :data:`FROM_MODEL` for each pair; None where a text is empty or too long to read."""
        tokenizer = Tokenizer(self.model)
        limit = length_limit(self.model.safe_tokens)
        for start in range(0, len(pairs), _TOGETHER):
            window = pairs[start : start + _TOGETHER]
            sources = tokenizer.encode([self.model.normalization(source) for source, _ in window])
            targets = tokenizer.encode_target([self.model.normalization(target) for _, target in window])
            readable = [
                n
                for n, (s, t) in enumerate(zip(sources, targets, strict=True))
                if t and max(len(s), len(t)) < limit
            ]
            asked = [sources[n] for n in readable], [targets[n] for n in readable]
            found = dict(
                zip(
                    readable,
                    zip(self.engine.score(*asked), self.engine.attend(*asked), strict=True),
                    strict=True,
                )
            )
            for number in range(len(window)):
                yield _from_model(*found[number]) if number in found else None


def observe(sources: Sequence[str], translations: Sequence[str], reader: Reader | None = None) -> Rows:
    """
    (lines, signals): :data:`SIGNALS` with a reader, :data:`FROM_TEXT` without one.

    What the reader could not read has the mean of what it could (0 where it read nothing).
    """
    lexicon = load_lexicon()
    pairs = list(zip(sources, translations, strict=True))
    text = np.array([_from_text(source, target, lexicon) for source, target in pairs], dtype=np.float64)
    text = text.reshape(-1, len(FROM_TEXT))
    if reader is None:
        return text
    seen = list(reader.look(pairs))
    known = np.array([row for row in seen if row is not None], dtype=np.float64).reshape(-1, len(FROM_MODEL))
    mean = known.mean(axis=0) if len(known) else np.zeros(len(FROM_MODEL))
    return np.hstack(
        [np.array([mean if row is None else row for row in seen]).reshape(-1, len(FROM_MODEL)), text]
    )


def _from_model(log_probabilities: Sequence[float], attention: NDArray[np.float32]) -> tuple[float, ...]:
    chances = np.maximum(np.array(log_probabilities, dtype=np.float64), _LEAST)
    weights = attention.astype(np.float64)
    pieces = weights.shape[1]
    spread = -(weights * np.log(np.maximum(weights, 1e-9))).sum(axis=1) / math.log(max(pieces, 2))
    places = weights @ np.arange(pieces)
    steps = np.diff(places)
    inner = weights[:, :-1].max(axis=0) if pieces > 1 else np.ones(1)
    return (
        float(chances.mean()),
        float(chances.min()),
        float((chances < _UNLIKELY).mean()),
        float(spread.mean()),
        float(weights[:, -1].mean()),
        float((inner > _LOOKED_AT).mean()),
        float((steps > 0).mean()) if len(steps) else 0.5,
    )


def _from_text(source: str, text: str, lexicon: Lexicon) -> tuple[float, ...]:
    said, heard = word_count(text), word_count(source)
    tokens = text.lower().split()
    arabic = [word for word in words(source) if word.script == "arabic"]
    sounds = {key for word in arabic for key in skeletons(word.form)}
    names = [name for name, first in capitalised(text) if not first]
    (seen,) = read_words([(source, text)], lexicon, None)
    rendered, sourced, likeness = _by_table(seen)
    return (
        abs(math.log((said + 1) / (1.25 * heard + 1))),
        math.log(heard + 1),
        len(warnings(source, text)),
        len(missing_numbers(source, text)),
        sum(token.lower() not in text.lower() for token in latin_tokens(source)),
        is_looping(text, source),
        len(set(tokens)) / len(tokens) if tokens else 0.0,
        sum(word in source for word in text.split()) / len(tokens) if tokens else 0.0,
        bool(negations(source)) == bool(negations(text)),
        quotes(source) % 2 == quotes(text) % 2,
        sum(bool(skeletons(name) & sounds) for name in names) / len(names) if names else 0.5,
        rendered,
        sourced,
        likeness,
        sum(lexicon.source_id(word.form) < 0 for word in arabic) / len(arabic) if arabic else 0.0,
    )


def _by_table(seen: Tokens) -> tuple[float, float, float]:
    """
    Shares of the words that have a counterpart by the word table, of the source and of the translation;
    and the mean log-probability of the source's words given the translation (a round trip by words).
    """
    if not seen.source or not seen.target:
        return 0.0, 0.0, math.log(1e-5)
    ahead, back = seen.forward.max(axis=1), seen.backward.max(axis=0)
    return (
        float((ahead > 0.05).mean()),
        float((back > 0.05).mean()),
        float(np.log(seen.backward.mean(axis=1) + 1e-5).mean()),
    )
