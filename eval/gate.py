"""Whether an evaluation may pass: scores that are high enough, and no worse than before beyond chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.alignment import Tally
from eval.measures import Measure, Measures
from eval.metrics import Rows
from eval.output import Saved
from eval.significance import bootstrap_p, randomisation_p, randomise, resample, too_few
from eval.translation import Evaluation, System, evaluate
from translate.errors import BadInput


@dataclass(frozen=True, slots=True)
class Check:
    """One demand, and whether it is met."""

    passed: bool
    text: str


def limits(evaluation: Evaluation, least: Mapping[str, float]) -> list[Check]:
    """
    Whether every system reaches ``least`` (by metric key); of a metric of errors it is the most allowed.

    Raises BadInput for a metric that was not measured.
    """
    keys = [metric.key for metric in evaluation.metrics]
    checks = []
    for key, limit in least.items():
        if key not in keys:
            raise BadInput(f"{key} was not measured; the evaluation has {', '.join(keys)}.")
        metric = evaluation.metrics[keys.index(key)]
        digits = max(2, evaluation.decimals(key))
        for result in evaluation.results:
            value = result.scores[keys.index(key)].value
            passed = value >= limit if metric.higher_is_better else value <= limit
            wanted = "at least" if metric.higher_is_better else "at most"
            what = f"{evaluation.corpus.name}, {result.system.name}: {metric.name} {value:.{digits}f}"
            checks.append(Check(passed, f"{what}, {wanted} {limit:g} wanted."))
    return checks


def counterpart(new: Saved, old: Sequence[Saved], *, alone: bool) -> Saved:
    """
    The earlier evaluation of the same test set, by its name; the only one whatever its name if ``alone``.

    Raises BadInput where there is none.
    """
    named = [one for one in old if alone or one.corpus.name == new.corpus.name]
    if not named:
        names = ", ".join(one.corpus.name for one in old)
        raise BadInput(f"The test set {new.corpus.name} was not evaluated before; there were {names}.")
    return next((one for one in named if one.corpus.references == new.corpus.references), named[0])


def against(new: Saved, old: Saved, *, level: float = 0.05) -> list[Check]:
    """
    Whether no new system is significantly worse than the old one of its name (or the only one).

    A loss counts only where paired bootstrap and approximate randomisation
    both give p < ``level``: noise does not fail.

    Raises BadInput where the two do not have the same references, or names do not meet.
    """
    corpus = new.corpus
    if corpus.references != old.corpus.references:
        raise BadInput(
            f"The evaluations do not compare: {corpus.name} and {old.corpus.name} have different "
            f"references ({len(corpus)} and {len(old.corpus)} lines). Free references are aligned "
            "through a translation; compare such runs within one command instead."
        )
    before = {system.name: system for system in old.systems}
    only = old.systems[0] if len(old.systems) == len(new.systems) == 1 else None
    checks = []
    for system in new.systems:
        known = before.get(system.name, only)
        if known is None:
            raise BadInput(f"{system.name} was not evaluated before; there were {', '.join(before)}.")
        pair = [
            System("before", known.lines, external=known.external),
            System("now", system.lines, external=system.external),
        ]
        compared = evaluate(corpus, pair, metrics=new.metrics, lower_is_better=new.lower_is_better)
        for paired in compared.paired:
            metric = next(metric for metric in compared.metrics if metric.key == paired.metric)
            worse = (paired.difference < 0) == metric.higher_is_better and paired.difference != 0
            digits = max(2, compared.decimals(paired.metric))
            what = f"{corpus.name}, {system.name}: {metric.name} {paired.difference:+.{digits}f}"
            ps = paired.bootstrap_p, paired.randomisation_p
            checks.append(_compared(what, worse, ps, level, units=paired.segments))
    return checks


def _compared(what: str, worse: bool, ps: tuple[float, float], level: float, *, units: int) -> Check:
    few = too_few(units, level)
    failed = worse and max(ps) < level and not few
    verdict = "significantly worse" if failed else "worse within chance" if worse else "not worse"
    if worse and few:
        verdict += f", for {units} are too few to tell"
    return Check(not failed, f"{what}, {verdict} (p = {ps[0]:.3f} and {ps[1]:.3f}).")


# --- Measures against gold -------------------------------------------------------------------------------

_PARTS = ("f1", "precision", "recall")


def measure_limits(report: Measures, least: Mapping[str, float]) -> list[Check]:
    """
    Whether the measures reach ``least``: by name (``strict``, ``ends``: its F1) or ``strict.recall``; 0–1.

    Raises BadInput for what was not measured.
    """
    checks = []
    for key, limit in least.items():
        name, _, part = key.partition(".")
        measure = next((one for one in report.measures if one.name == name), None)
        if measure is None or (part or "f1") not in _PARTS:
            raise BadInput(
                f"{key} was not measured; there are {', '.join(one.name for one in report.measures)}, each "
                "alone (its F1) or with .precision or .recall behind it."
            )
        value = getattr(measure.whole, part or "f1")
        said = f"{name} {part or 'F1'} {value:.3f}, at least {limit:g} wanted."
        checks.append(Check(value >= limit, said))
    return checks


def measures_against(new: Measures, old: Measures, *, level: float = 0.05) -> list[Check]:
    """
    Whether no measure's F1 is significantly lower than before, with whole units (documents) drawn.

    The tests are those of :func:`against`, but equal differences count too. With
    fewer than six units no loss can be significant at 0.05.

    Raises BadInput where the two do not have the same units and gold.
    """
    before = {measure.name: measure for measure in old.measures}
    if new.units != old.units or [one.name for one in new.measures] != list(before):
        raise BadInput(
            f"The two do not compare: one has {new.heading} and {', '.join(m.name for m in new.measures)}, "
            f"the other {old.heading} and {', '.join(before)}; they must have the same."
        )
    return [_measure_against(measure, before[measure.name], new.unit, level) for measure in new.measures]


def _measure_against(new: Measure, old: Measure, unit: str, level: float) -> Check:
    if [one.wanted for one in new.units] != [one.wanted for one in old.units]:
        raise BadInput(f"The two do not compare: “{new.name}” was counted against different gold.")
    difference = new.whole.f1 - old.whole.f1
    now, before = _rows(new.units), _rows(old.units)
    drawn = resample(np.hstack([before, now]))
    width = now.shape[1]
    shuffled = [_f1(sums) for sums in randomise(before, now)]
    ps = (
        bootstrap_p(_f1(drawn[:, width:]), _f1(drawn[:, :width]), difference, ties=True),
        randomisation_p(shuffled[0], shuffled[1], difference, ties=True),
    )
    what = f"{new.name}: F1 {difference:+.3f} over {len(now)} {unit}{'' if len(now) == 1 else 's'}"
    return _compared(what, difference < 0, ps, level, units=len(now))


def _rows(units: Sequence[Tally]) -> Rows:
    return np.array([[u.predicted, u.right, u.wanted, u.found] for u in units], dtype=np.float64)


def _f1(sums: Rows) -> NDArray[np.float64]:
    """F1 of each row of counts, by the rules of :class:`eval.alignment.Tally`."""
    return np.array([Tally(*(round(count) for count in row)).f1 for row in sums.tolist()])
