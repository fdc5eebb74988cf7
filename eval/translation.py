"""
Everything that is known about some translations of one text: scores, buckets, findings, errors.

    from eval.translation import Corpus, System, evaluate
    result = evaluate(Corpus("news", (references,), sources), [System("a", a), System("b", b)])
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from eval.features import features, order
from eval.findings import Finding, Line, findings
from eval.metrics import METRICS, External, Metric, Statistics, metric, statistics
from eval.rates import Rate, inconsistencies, rates
from eval.score import Score, compare_statistics, decimals, default_metrics
from eval.significance import RESAMPLES, SEED, TRIALS, Paired, too_few
from eval.wordwork import Errors, errors
from translate.errors import BadInput

_ANALYSED = 20_000
"""Beyond so many lines only scores, buckets by length and no findings: a report of them would not open."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """
    How much of two documents could be compared, where the reference was aligned first.

    Shares are of characters, 0–1: ``covered`` of the reference has a
    counterpart; ``omitted`` of it has none (the translation, or its source,
    lacks it); ``added`` of the translation has none. ``confidence`` is the mean
    probability that a bead is right. ``resegmented`` are the scores by metric
    key when the translation is cut at the reference's lines instead.
    """

    covered: float
    omitted: float
    added: float
    confidence: float | None
    resegmented: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is translated: one tuple of lines per reference set; documents name each line's document."""

    name: str
    references: tuple[tuple[str, ...], ...]
    sources: tuple[str, ...] | None = None
    documents: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.references[0])


@dataclass(frozen=True, slots=True)
class System:
    """
    One translation of a corpus, line by line.

    ``logprobs`` are mean log-probabilities per token where a model gave them,
    ``seconds`` what translating took, ``about`` the model and its settings.
    ``external`` are scores per line by metric name.
    """

    name: str
    lines: tuple[str, ...]
    about: str = ""
    logprobs: tuple[float | None, ...] | None = None
    seconds: float | None = None
    coverage: Coverage | None = None
    external: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Scores by metric key over the lines that share a feature."""

    name: str
    lines: int
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Result:
    """All there is to say about one system."""

    system: System
    scores: Sequence[Score]
    segments: Mapping[str, Sequence[float]]
    buckets: Sequence[Bucket]
    rates: Sequence[Rate] = ()
    findings: Sequence[Sequence[Finding]] = ()
    errors: Errors | None = None
    inconsistencies: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Several systems on one corpus; the first is the baseline of ``paired``."""

    corpus: Corpus
    metrics: Sequence[Metric]
    results: Sequence[Result]
    paired: Sequence[Paired]
    remarks: Sequence[str] = ()
    buckets_of_lines: Sequence[Sequence[str]] = ()

    def decimals(self, key: str) -> int:
        """How many decimals the scores of a metric should show, the same for every system."""
        number = [metric.key for metric in self.metrics].index(key)
        return decimals(self.metrics[number].scale, (one.scores[number].value for one in self.results))


def evaluate(
    corpus: Corpus,
    systems: Sequence[System],
    *,
    metrics: Sequence[str] = (),
    lower_is_better: Sequence[str] = (),
    resamples: int = RESAMPLES,
    trials: int = TRIALS,
    seed: int = SEED,
    remarks: Sequence[str] = (),
) -> Evaluation:
    """
    Score, compare and analyse ``systems``.

    ``metrics`` defaults to all that are quick enough for so many lines;
    external ones are added from the systems that bring them, and must then be
    brought by all. ``lower_is_better`` names external metrics of errors.

    Raises BadInput where lines do not agree, a system lacks external scores, or
    these are not finite or called like a metric of ours.
    """
    for system in systems:
        if len(system.lines) != len(corpus):
            raise BadInput(
                f"{system.name} has {len(system.lines)} lines and {corpus.name} has {len(corpus)}."
            )
    keys = tuple(metrics) or default_metrics(len(corpus))
    counted = [metric(key) for key in keys]
    external = _external(systems, {name.lower() for name in lower_is_better})
    chosen: list[Metric] = [*counted, *external]
    tables = {}
    for system in systems:
        table = dict(statistics([m.key for m in counted], system.lines, corpus.references))
        for extra in external:
            scores = np.array(system.external[extra.name], dtype=np.float64)
            table[extra.key] = np.stack([scores, np.ones_like(scores)], axis=1)
        tables[system.name] = table
    compared = compare_statistics(
        tables, chosen, references=len(corpus.references), resamples=resamples, trials=trials, seed=seed
    )
    buckets = _bucket_names(corpus)
    results = []
    for system in systems:
        table = tables[system.name]
        result = Result(
            system=system,
            scores=compared.scores[system.name],
            segments={m.key: m.segments(table[m.key]).tolist() for m in chosen},
            buckets=_buckets(buckets, table, chosen),
        )
        results.append(_analysed(corpus, result) if len(corpus) <= _ANALYSED else result)
    said = (*remarks, *_few(len(corpus))) if compared.paired else tuple(remarks)
    return Evaluation(corpus, chosen, results, compared.paired, said, buckets)


def lines_of(corpus: Corpus, system: System) -> list[Line]:
    """The lines of one system as :mod:`eval.findings` judges them, by the first reference."""
    sources = corpus.sources or (None,) * len(corpus)
    return [Line(s, r, h) for s, r, h in zip(sources, corpus.references[0], system.lines, strict=True)]


def _analysed(corpus: Corpus, result: Result) -> Result:
    lines = lines_of(corpus, result.system)
    found = findings(lines, corpus.documents)
    varied = inconsistencies(lines, corpus.documents) if corpus.sources and corpus.documents else {}
    return replace(
        result,
        rates=rates(lines, found, corpus.documents),
        findings=found,
        errors=errors(result.system.lines, corpus.references[0]),
        inconsistencies=varied,
    )


def _few(lines: int) -> list[str]:
    said = "1 line is" if lines == 1 else f"{lines} lines are"
    return [f"{said} too few for a difference to be significant."] if too_few(lines) else []


def _external(systems: Sequence[System], lower: set[str]) -> list[External]:
    names = list(dict.fromkeys(name for system in systems for name in system.external))
    for name in names:
        if name.lower() in METRICS:
            raise BadInput(f"{name} is counted here; external scores need another name.")
        for system in systems:
            given = system.external.get(name)
            if given is None:
                raise BadInput(
                    f"There are {name} scores, but none for {system.name}; give them for every system."
                )
            if len(given) != len(system.lines):
                raise BadInput(
                    f"There are {len(given)} {name} scores for {len(system.lines)} lines of {system.name}."
                )
            if not np.isfinite(given).all():
                raise BadInput(f"Not all {name} scores of {system.name} are finite numbers.")
    return [External(name, higher_is_better=name.lower() not in lower) for name in names]


def _bucket_names(corpus: Corpus) -> list[list[str]]:
    sources = corpus.sources or (None,) * len(corpus)
    if len(corpus) > _ANALYSED:
        return [features(None, r)[:1] for r in corpus.references[0]]
    return [features(s, r) for s, r in zip(sources, corpus.references[0], strict=True)]


def _buckets(names: Sequence[Sequence[str]], table: Statistics, metrics: Sequence[Metric]) -> list[Bucket]:
    found = []
    for name in order(sorted({name for some in names for name in some})):
        chosen = np.array([name in some for some in names])
        scores = {m.key: m.corpus(table[m.key][chosen]) for m in metrics}
        found.append(Bucket(name, int(chosen.sum()), scores))
    return found
