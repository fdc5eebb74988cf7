"""
How good is this translation? An estimate without a reference.

A ridge regression from the signals of `eval.signals` to the line's chrF, fitted
on translations that have references, and judged on documents it did not see. A
fit knows its own model and kind of text; a line's estimate is far less sure than
a mean of many, and high words-for-words agreement is not a good translation.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.signals import FROM_TEXT, SIGNALS, Rows
from translate.errors import BadInput

SHIPPED = Path(__file__).parent / "data" / "quality.json"
FORMAT = "muwazi-quality-1"
_RIDGE = 10.0
_FOLDS = 5
_SAMPLES = 500
_SEED = 12345


@dataclass(frozen=True, slots=True)
class Estimator:
    """A fitted estimate: chrF ≈ ``bias`` + standardised ``signals`` · ``weights``."""

    signals: tuple[str, ...]
    mean: tuple[float, ...]
    spread: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float

    def estimate(self, rows: Rows) -> NDArray[np.float64]:
        """Estimated chrF, 0–100, one per row of :func:`eval.signals.observe`."""
        values = self.contributions(rows).sum(axis=1) + self.bias
        return np.asarray(np.clip(values, 0, 100), dtype=np.float64)

    def contributions(self, rows: Rows) -> Rows:
        """What each signal adds to the estimate, in chrF, beside a line where all are average."""
        return np.asarray((rows - np.array(self.mean)) / np.array(self.spread) * np.array(self.weights))


@dataclass(frozen=True, slots=True)
class Agreement:
    """
    How well estimates agree with chrF on documents that were not fitted on.

    Correlations are −1 to 1; ``interval`` is a 95 % bootstrap interval of
    ``pearson`` over documents. ``by_document`` correlates documents' means.
    ``error`` is the mean absolute error in chrF, ``blind_error`` that of always
    saying the mean.
    """

    pearson: float
    spearman: float
    interval: tuple[float, float]
    by_document: float
    error: float
    blind_error: float


@dataclass(frozen=True, slots=True)
class Fit:
    """An estimator and how far to trust it."""

    estimator: Estimator
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Quality:
    """
    What `muwazi eval fit` learns of one model: an estimate with all signals, and one from the texts alone.

    ``between_sets`` is Pearson's correlation on each set, fitted on the others.
    """

    model: str
    sets: tuple[str, ...]
    lines: int
    documents: int
    full: Fit
    text_only: Fit
    log_probability_alone: float
    between_sets: dict[str, float]

    def save(self, path: Path) -> None:
        """Write it as JSON; raises BadInput where it cannot be."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, indent=1, ensure_ascii=False)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise BadInput(f"The fit cannot be written to {path}: {error.strerror}.") from error


def load(path: Path = SHIPPED) -> Quality:
    """
    What :meth:`Quality.save` wrote.

    Raises BadInput where the file is missing, something else, or of other signals.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.pop("format") != FORMAT:
            raise ValueError("another format")
        full, text_only = (_fit_from(data.pop(name)) for name in ("full", "text_only"))
        data["sets"] = tuple(data["sets"])
        found = Quality(full=full, text_only=text_only, **data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"{path} is not a quality estimate of Muwazi ({error}). "
            f"Make one with: muwazi eval fit SET -o {path}"
        ) from error
    if (full.estimator.signals, text_only.estimator.signals) != (SIGNALS, FROM_TEXT):
        raise BadInput(f"{path} was fitted on other signals; fit it again: muwazi eval fit SET -o {path}")
    return found


def fit(
    rows: Rows,
    chrf: Sequence[float],
    documents: Sequence[str],
    *,
    sets: Sequence[str],
    model: str = "",
) -> Quality:
    """
    Estimators from rows of all :data:`eval.signals.SIGNALS`, judged by folds of whole documents.

    ``documents`` and ``sets`` name each row's; rows of one document must be of one set.

    Raises BadInput where there are fewer than 50 lines or five documents.
    """
    wanted = np.array(chrf, dtype=np.float64)
    names = sorted(set(documents))
    if len(wanted) < 50 or len(names) < _FOLDS:
        raise BadInput(
            f"{len(wanted)} lines in {len(names)} documents are too few to fit an estimate; "
            f"at least 50 lines in {_FOLDS} documents are needed."
        )
    numbers = np.array([names.index(document) for document in documents])
    text = rows[:, -len(FROM_TEXT) :]
    between = {}
    for name in dict.fromkeys(sets) if len(set(sets)) > 1 else ():
        held = np.array([one == name for one in sets])
        between[name] = pearson(
            _solve(rows[~held], wanted[~held], SIGNALS).estimate(rows[held]), wanted[held]
        )
    return Quality(
        model=model,
        sets=tuple(dict.fromkeys(sets)),
        lines=len(wanted),
        documents=len(names),
        full=_judged(rows, wanted, numbers, SIGNALS),
        text_only=_judged(text, wanted, numbers, FROM_TEXT),
        log_probability_alone=pearson(rows[:, SIGNALS.index("log-probability")], wanted),
        between_sets=between,
    )


def _judged(
    rows: Rows, wanted: NDArray[np.float64], documents: NDArray[np.int64], signals: tuple[str, ...]
) -> Fit:
    unseen, blind = np.empty_like(wanted), np.empty_like(wanted)
    for number in range(_FOLDS):
        held = documents % _FOLDS == number
        unseen[held] = _solve(rows[~held], wanted[~held], signals).estimate(rows[held])
        blind[held] = wanted[~held].mean()
    lines = [np.flatnonzero(documents == number) for number in range(documents.max() + 1)]
    chance = np.random.default_rng(_SEED)
    draws = []
    for _ in range(_SAMPLES):
        chosen = np.concatenate([lines[n] for n in chance.integers(len(lines), size=len(lines))])
        draws.append(pearson(unseen[chosen], wanted[chosen]))
    low, high = np.percentile(draws, [2.5, 97.5])
    agreement = Agreement(
        pearson=pearson(unseen, wanted),
        spearman=pearson(_ranks(unseen), _ranks(wanted)),
        interval=(float(low), float(high)),
        by_document=pearson(
            np.array([unseen[some].mean() for some in lines]),
            np.array([wanted[some].mean() for some in lines]),
        ),
        error=float(np.abs(unseen - wanted).mean()),
        blind_error=float(np.abs(blind - wanted).mean()),
    )
    return Fit(_solve(rows, wanted, signals), agreement)


def _solve(rows: Rows, wanted: NDArray[np.float64], signals: tuple[str, ...]) -> Estimator:
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    spread[spread < 1e-9] = 1.0
    scaled = (rows - mean) / spread
    weights = np.linalg.solve(
        scaled.T @ scaled + _RIDGE * np.eye(rows.shape[1]), scaled.T @ (wanted - wanted.mean())
    )
    return Estimator(
        signals, tuple(mean.tolist()), tuple(spread.tolist()), tuple(weights.tolist()), float(wanted.mean())
    )


def pearson(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Pearson's correlation, −1 to 1; 0 where one side does not vary."""
    if one.std() < 1e-12 or other.std() < 1e-12:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 0; equal values share their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts + 1) / 2)[inverse], dtype=np.float64)


def _fit_from(data: dict[str, dict[str, object]]) -> Fit:
    def plain(values: dict[str, object]) -> dict[str, object]:
        return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}

    return Fit(
        Estimator(**plain(data["estimator"])),  # type: ignore[arg-type]  # a wrong file is caught by load
        Agreement(**plain(data["agreement"])),  # type: ignore[arg-type]
    )
