"""Whether an evaluation may pass: scores that are high enough, and no worse than before beyond chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.translation import Corpus, Evaluation, System, evaluate
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
        for result in evaluation.results:
            value = result.scores[keys.index(key)].value
            passed = value >= limit if metric.higher_is_better else value <= limit
            wanted = "at least" if metric.higher_is_better else "at most"
            checks.append(
                Check(passed, f"{result.system.name}: {metric.name} {value:.2f}, {wanted} {limit:g} wanted.")
            )
    return checks


def against(
    corpus: Corpus,
    new: Sequence[System],
    old_corpus: Corpus,
    old: Sequence[System],
    *,
    metrics: Sequence[str],
    level: float = 0.05,
) -> list[Check]:
    """
    Whether no new system is significantly worse than the old one of its name (or the only one).

    A loss counts only where paired bootstrap and approximate randomisation
    both give p < ``level``: noise does not fail.

    Raises BadInput where the two do not have the same references, or names do not meet.
    """
    if corpus.references != old_corpus.references:
        raise BadInput(
            f"The evaluations do not compare: {corpus.name} and {old_corpus.name} have different "
            f"references ({len(corpus)} and {len(old_corpus)} lines). Free references are aligned "
            "through a translation; compare such runs within one command instead."
        )
    before = {system.name: system for system in old}
    checks = []
    for system in new:
        known = before.get(system.name, old[0] if len(old) == len(new) == 1 else None)
        if known is None:
            raise BadInput(f"{system.name} was not evaluated before; there were {', '.join(before)}.")
        pair = [
            System("before", known.lines, external=known.external),
            System("now", system.lines, external=system.external),
        ]
        compared = evaluate(corpus, pair, metrics=metrics)
        for paired in compared.paired:
            metric = next(metric for metric in compared.metrics if metric.key == paired.metric)
            worse = (paired.difference < 0) == metric.higher_is_better and paired.difference != 0
            failed = worse and paired.significant(level)
            verdict = "significantly worse" if failed else "worse within chance" if worse else "not worse"
            checks.append(
                Check(
                    not failed,
                    f"{system.name}: {metric.name} {paired.difference:+.2f}, {verdict} "
                    f"(p = {paired.bootstrap_p:.3f} and {paired.randomisation_p:.3f}).",
                )
            )
    return checks
