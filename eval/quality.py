"""
How good is this translation? An estimate without a reference.

A ridge regression from what can be seen without one to the segment's chrF:
the model's own log-probability, lengths, warnings, repetition, and how many
numbers, names and Latin words came across. Fitted on development data and
reported with its correlation on other documents. It knows its own model and
kind of text; another model needs another fit, and one line's estimate is far
less sure than a mean of many.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from align.names import skeletons
from align.tokens import words
from eval.features import latin_tokens, negations, quotes, word_count
from eval.names import capitalised
from translate.checks import is_looping, missing_numbers, warnings
from translate.errors import BadInput

FEATURES = (
    "log-probability",
    "length ratio",
    "source words",
    "warnings",
    "numbers missing",
    "Latin words missing",
    "looping",
    "distinct words",
    "negation agrees",
    "quotes agree",
    "names by sound",
)
_RIDGE = 1.0
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Estimator:
    """A fitted estimate: chrF ≈ ``bias`` + standardised features · ``weights``."""

    mean: tuple[float, ...]
    spread: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    model: str = ""

    def estimate(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Estimated chrF, 0–100, one per row of :func:`observe`."""
        values = ((rows - np.array(self.mean)) / np.array(self.spread)) @ np.array(self.weights) + self.bias
        return np.asarray(np.clip(values, 0, 100), dtype=np.float64)

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        data = {name: getattr(self, name) for name in self.__slots__} | {"features": FEATURES}
        path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Fit:
    """An estimator, and how well estimates made for unseen documents agree with chrF (−1 to 1)."""

    estimator: Estimator
    pearson: float
    spearman: float
    log_probability_alone: float
    lines: int


def observe(
    sources: Sequence[str], translations: Sequence[str], scores: Sequence[float | None]
) -> NDArray[np.float64]:
    """What can be seen without a reference: (lines, features), in the order of :data:`FEATURES`."""
    rows = [
        _row(source, text, score) for source, text, score in zip(sources, translations, scores, strict=True)
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES))


def _row(source: str, text: str, score: float | None) -> list[float]:
    said, heard = word_count(text), word_count(source)
    tokens = text.lower().split()
    sounds = {key for word in words(source) if word.script == "arabic" for key in skeletons(word.form)}
    names = [name for name, first in capitalised(text) if not first]
    return [
        0.0 if score is None else score,
        abs(math.log((said + 1) / (1.25 * heard + 1))),
        math.log(heard + 1),
        len(warnings(source, text)),
        len(missing_numbers(source, text)),
        sum(token.lower() not in text.lower() for token in latin_tokens(source)),
        is_looping(text, source),
        len(set(tokens)) / len(tokens) if tokens else 0.0,
        bool(negations(source)) == bool(negations(text)),
        quotes(source) % 2 == quotes(text) % 2,
        sum(bool(skeletons(name) & sounds) for name in names) / len(names) if names else 0.5,
    ]


def fit(rows: NDArray[np.float64], chrf: Sequence[float], documents: Sequence[str], model: str = "") -> Fit:
    """
    An estimator for all lines, judged by folds of whole documents that it did not see.

    Raises BadInput where there are fewer than 50 lines or five documents.
    """
    wanted = np.array(chrf, dtype=np.float64)
    names = sorted(set(documents))
    if len(wanted) < 50 or len(names) < _FOLDS:
        raise BadInput(
            f"{len(wanted)} lines in {len(names)} documents are too few to fit an estimate; "
            f"at least 50 lines in {_FOLDS} documents are needed."
        )
    fold = np.array([names.index(document) % _FOLDS for document in documents])
    unseen = np.empty_like(wanted)
    for number in range(_FOLDS):
        held = fold == number
        unseen[held] = _solve(rows[~held], wanted[~held], model).estimate(rows[held])
    return Fit(
        _solve(rows, wanted, model),
        pearson(unseen, wanted),
        pearson(_ranks(unseen), _ranks(wanted)),
        pearson(rows[:, 0], wanted),
        len(wanted),
    )


def _solve(rows: NDArray[np.float64], wanted: NDArray[np.float64], model: str) -> Estimator:
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    spread[spread == 0] = 1.0
    scaled = (rows - mean) / spread
    weights = np.linalg.solve(
        scaled.T @ scaled + _RIDGE * np.eye(rows.shape[1]), scaled.T @ (wanted - wanted.mean())
    )
    return Estimator(
        tuple(mean.tolist()), tuple(spread.tolist()), tuple(weights.tolist()), float(wanted.mean()), model
    )


def pearson(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Pearson's correlation, −1 to 1; 0 where one side does not vary."""
    if one.std() == 0 or other.std() == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 0; equal values share their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts + 1) / 2)[inverse], dtype=np.float64)


def load(path: Path) -> Estimator:
    """
    An estimator written by :meth:`Estimator.save`.

    Raises BadInput where the file is missing, something else, or of other features.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if tuple(data.pop("features")) != FEATURES:
            raise BadInput(f"{path} was fitted on other features; fit it again: muwazi eval quality --fit")
        return Estimator(
            mean=tuple(data["mean"]),
            spread=tuple(data["spread"]),
            weights=tuple(data["weights"]),
            bias=data["bias"],
            model=data["model"],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{path} is not a quality estimate of Muwazi ({error}).") from error
