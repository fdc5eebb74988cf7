"""
Scores that travel with their signature, interval, scale, direction and source.

    from eval.score import score
    for s in score(["Kishida will visit Washington ."], ["Kishida will visit Washington next month."]):
        print(s)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from eval.metrics import Metric, Statistics, metric, statistics
from eval.significance import (
    RESAMPLES,
    SEED,
    TRIALS,
    Interval,
    Paired,
    bootstrap_p,
    interval,
    randomisation_p,
    randomise,
    resample,
    side_by_side,
)
from translate.errors import BadInput

DEFAULT_METRICS = ("bleu", "chrf", "chrf++", "ter")
QUICK_METRICS = ("bleu", "chrf", "chrf++")
# TER takes some 4 ms a segment, everything else together half a millisecond.
TER_UP_TO = 20_000
_LARGE = 10  # From here on values are taken to be of a hundred.


@dataclass(frozen=True, slots=True)
class Score:
    """
    One number about one system, with all that is needed to read it.

    ``scale`` is the least and greatest possible value; ``source`` says who
    defined the metric. ``interval`` is None where none was asked for.
    """

    metric: str
    value: float
    signature: str
    interval: Interval | None
    scale: tuple[float, float]
    higher_is_better: bool
    source: str

    def __str__(self) -> str:
        digits = decimals(self.scale, [self.value])
        margin = f" ± {self.interval.half:.{digits}f}" if self.interval else ""
        return f"{self.metric} {self.value:.{digits}f}{margin} ({self.signature})"

    @property
    def direction(self) -> str:
        """'higher is better' or 'lower is better'."""
        return "higher is better" if self.higher_is_better else "lower is better"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several systems on the same references: scores by system, and each against the first."""

    scores: Mapping[str, Sequence[Score]]
    statistics: Mapping[str, Statistics]
    paired: Sequence[Paired]


def decimals(scale: tuple[float, float], values: Iterable[float]) -> int:
    """
    How many decimals tell scores apart: one of a hundred, four of small values on an unknown scale.

    >>> decimals((0, 100), [23.8]), decimals((float("-inf"), float("inf")), [0.852, 0.833])
    (1, 4)
    """
    return 4 if scale[0] == float("-inf") and max(map(abs, values), default=0.0) < _LARGE else 1


def default_metrics(segments: int) -> tuple[str, ...]:
    """All four metrics, without TER for inputs so large that it would take minutes."""
    return DEFAULT_METRICS if segments <= TER_UP_TO else QUICK_METRICS


def score(
    hypotheses: Sequence[str],
    *references: Sequence[str],
    metrics: Sequence[str] = DEFAULT_METRICS,
    resamples: int = RESAMPLES,
) -> list[Score]:
    """
    Score one system against one or more reference sets, line by line.

    Numbers and signatures are sacreBLEU's. ``resamples`` = 0 leaves the
    intervals out.

    Raises BadInput where there is nothing to score or lengths differ.
    """
    return list(compare({"": hypotheses}, references, metrics=metrics, resamples=resamples).scores[""])


def compare(
    systems: Mapping[str, Sequence[str]],
    references: Sequence[Sequence[str]],
    *,
    metrics: Sequence[str] = DEFAULT_METRICS,
    resamples: int = RESAMPLES,
    trials: int = TRIALS,
    seed: int = SEED,
) -> Comparison:
    """
    Score several systems; test each against the first, which is the baseline.

    Raises BadInput where there is nothing to score or lengths differ.
    """
    _check(systems, references)
    chosen = [metric(key) for key in metrics]
    keys = [m.key for m in chosen]
    tables = {name: statistics(keys, lines, references) for name, lines in systems.items()}
    return compare_statistics(
        tables, chosen, references=len(references), resamples=resamples, trials=trials, seed=seed
    )


def compare_statistics(
    tables: Mapping[str, Statistics],
    metrics: Sequence[Metric],
    *,
    references: int,
    resamples: int = RESAMPLES,
    trials: int = TRIALS,
    seed: int = SEED,
) -> Comparison:
    """:func:`compare`, from statistics that were counted before; ``references`` is the number of sets."""
    names = list(tables)
    chosen = list(metrics)
    scores = {name: [_plain(m, tables[name], references) for m in chosen] for name in names}
    if not resamples:
        return Comparison(scores, tables, [])
    stacked, columns = side_by_side([tables[name][m.key] for name in names for m in chosen])
    sums = resample(stacked, resamples=resamples, seed=seed)
    cells = [(name, m) for name in names for m in chosen]
    samples = {
        (name, m.key): m.values(sums[:, where]) for (name, m), where in zip(cells, columns, strict=True)
    }
    scores = {
        name: [
            replace(
                plain,
                interval=interval(samples[name, m.key]),
                signature=m.signature(references, n_bootstrap=resamples, seed=seed),
            )
            for plain, m in zip(scores[name], chosen, strict=True)
        ]
        for name in names
    }
    paired = []
    baseline = names[0]
    left, where = side_by_side([tables[baseline][m.key] for m in chosen])
    for name in names[1:]:
        right, _ = side_by_side([tables[name][m.key] for m in chosen])
        shuffled = randomise(left, right, trials=trials, seed=seed)
        for number, (m, at) in enumerate(zip(chosen, where, strict=True)):
            difference = scores[name][number].value - scores[baseline][number].value
            left_scores, right_scores = (m.values(sums[:, at]) for sums in shuffled)
            paired.append(
                Paired(
                    metric=m.key,
                    system=name,
                    baseline=baseline,
                    difference=difference,
                    bootstrap_p=bootstrap_p(samples[name, m.key], samples[baseline, m.key], difference),
                    randomisation_p=randomisation_p(left_scores, right_scores, difference),
                    segments=len(left),
                )
            )
    return Comparison(scores, tables, paired)


def segment_scores(table: Statistics) -> dict[str, list[float]]:
    """Scores of single segments by metric; BLEU with its effective order, as sacreBLEU advises."""
    return {key: metric(key).segments(rows).tolist() for key, rows in table.items()}


def _plain(m: Metric, table: Statistics, references: int) -> Score:
    return Score(
        metric=m.name,
        value=m.corpus(table[m.key]),
        signature=m.signature(references),
        interval=None,
        scale=m.scale,
        higher_is_better=m.higher_is_better,
        source=m.source,
    )


def _check(systems: Mapping[str, Sequence[str]], references: Sequence[Sequence[str]]) -> None:
    if not systems or not references:
        raise BadInput("There must be at least one system and one reference set.")
    if not references[0]:
        raise BadInput("The reference is empty: there is nothing to score.")
    for name, lines in [*systems.items(), *((f"reference {i}", r) for i, r in enumerate(references, 1))]:
        if isinstance(lines, str):
            raise BadInput(f"{name or 'The hypothesis'} is one string; a sequence of lines was expected.")
        if len(lines) != len(references[0]):
            raise BadInput(
                f"{name or 'The hypothesis'} has {len(lines)} lines, but the reference has "
                f"{len(references[0])}; they must agree line by line."
            )
