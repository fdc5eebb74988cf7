"""An evaluation as JSON (and back) and as CSV."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.significance import RESAMPLES, Interval
from eval.translation import Corpus, Coverage, Evaluation, Result, System, evaluate
from translate.errors import BadInput

FORMAT = "muwazi-evaluation-1"
_REMEDY = "Write one with: muwazi eval run SET --json > FILE"


@dataclass(frozen=True, slots=True)
class Saved:
    """What was evaluated, without what was found; ``metrics`` are the keys of those that are counted here."""

    corpus: Corpus
    systems: tuple[System, ...]
    metrics: tuple[str, ...]
    lower_is_better: tuple[str, ...]

    def evaluate(self, *, resamples: int = RESAMPLES) -> Evaluation:
        """An evaluation again, with everything counted anew from its lines."""
        return evaluate(
            self.corpus,
            self.systems,
            metrics=self.metrics,
            lower_is_better=self.lower_is_better,
            resamples=resamples,
        )


def all_to_json(evaluations: Sequence[Evaluation]) -> str:
    """One evaluation as :func:`to_json` writes it, several as a list of them."""
    documents = [to_json(evaluation) for evaluation in evaluations]
    if len(documents) == 1:
        return documents[0]
    return "[\n" + ",\n".join(document.rstrip() for document in documents) + "\n]\n"


def to_json(evaluation: Evaluation) -> str:
    """Everything, lines included, so that a later run can be compared with this one."""
    corpus = evaluation.corpus
    return (
        json.dumps(
            {
                "format": FORMAT,
                "corpus": asdict(corpus),
                "metrics": [
                    {
                        "key": metric.key,
                        "name": metric.name,
                        "source": metric.source,
                        "scale": [_finite(end) for end in metric.scale],
                        "higher_is_better": metric.higher_is_better,
                    }
                    for metric in evaluation.metrics
                ],
                "systems": [_system(result) for result in evaluation.results],
                "paired": [
                    {**asdict(paired), "significant": paired.significant()} for paired in evaluation.paired
                ],
                "remarks": list(evaluation.remarks),
            },
            ensure_ascii=False,
            indent=1,
        )
        + "\n"
    )


def _system(result: Result) -> dict[str, object]:
    return {
        **asdict(result.system),
        "scores": [
            {
                "metric": score.metric,
                "value": score.value,
                "signature": score.signature,
                "interval": _interval(score.interval),
            }
            for score in result.scores
        ],
        "segments": {key: [round(value, 4) for value in values] for key, values in result.segments.items()},
        "buckets": [asdict(bucket) for bucket in result.buckets],
        "rates": [{**asdict(rate), "value": rate.value} for rate in result.rates],
        "findings": [[{"kind": f.kind.value, "text": f.text} for f in line] for line in result.findings],
        "errors": None
        if result.errors is None
        else {
            "moved": result.errors.moved,
            "words": result.errors.words,
            "counts": {f"{error} {word}": n for (error, word), n in result.errors.counts.most_common()},
            "missing": dict(result.errors.missing.most_common(50)),
            "extra": dict(result.errors.extra.most_common(50)),
        },
        "inconsistencies": result.inconsistencies,
    }


def _interval(interval: Interval | None) -> dict[str, float] | None:
    return None if interval is None else asdict(interval)


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None


def to_csv(evaluation: Evaluation) -> str:
    """One row per system and line: texts, segment scores and findings."""
    corpus = evaluation.corpus
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    keys = [metric.key for metric in evaluation.metrics]
    writer.writerow(
        ["corpus", "system", "line", "document", "source", "reference", "translation", *keys, "findings"]
    )
    for result in evaluation.results:
        for number, line in enumerate(result.system.lines):
            found = result.findings[number] if result.findings else ()
            writer.writerow(
                [
                    corpus.name,
                    result.system.name,
                    number + 1,
                    corpus.documents[number] if corpus.documents else "",
                    corpus.sources[number] if corpus.sources else "",
                    corpus.references[0][number],
                    line,
                    *(f"{result.segments[key][number]:.4f}" for key in keys),
                    "; ".join(f"{finding.kind.value}: {finding.text}" for finding in found),
                ]
            )
    return buffer.getvalue()


def read_saved(path: Path) -> list[Saved]:
    """
    The evaluations that :func:`all_to_json` wrote, one per test set.

    Raises BadInput where the file is missing or something else.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(
            f"There is no file {path}. Write one with: muwazi eval run SET --json > {path}"
        ) from None
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} is not an evaluation in JSON: {error}.") from error
    entries: list[Any] = data if isinstance(data, list) and data else [data]
    if not all(isinstance(entry, dict) and entry.get("format") == FORMAT for entry in entries):
        raise BadInput(f"{path} is not an evaluation of Muwazi (no format {FORMAT!r}). {_REMEDY}")
    try:
        return [_saved(entry) for entry in entries]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"{path} is a damaged evaluation ({error!r}). {_REMEDY}") from error


def _saved(data: dict[str, Any]) -> Saved:
    raw = data["corpus"]
    systems = tuple(_system_from(entry) for entry in data["systems"])
    external = {name.lower() for system in systems for name in system.external}
    keys = [metric["key"] for metric in data["metrics"]]
    lower = [metric["key"] for metric in data["metrics"] if not metric.get("higher_is_better", True)]
    if not (systems and keys and raw["references"]):
        raise TypeError("no systems, metrics or references")
    return Saved(
        Corpus(
            raw["name"],
            tuple(_texts(lines) for lines in raw["references"]),
            _maybe(raw["sources"]),
            _maybe(raw["documents"]),
        ),
        systems,
        tuple(key for key in keys if key not in external),
        tuple(key for key in lower if key in external),
    )


def _system_from(entry: dict[str, Any]) -> System:
    return System(
        name=entry["name"],
        lines=_texts(entry["lines"]),
        about=entry["about"],
        logprobs=None if entry["logprobs"] is None else tuple(entry["logprobs"]),
        seconds=entry["seconds"],
        coverage=None if entry["coverage"] is None else Coverage(**entry["coverage"]),
        external={name: tuple(map(float, scores)) for name, scores in entry["external"].items()},
    )


def _maybe(lines: object) -> tuple[str, ...] | None:
    return None if lines is None else _texts(lines)


def _texts(lines: object) -> tuple[str, ...]:
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise TypeError("lines must be a list of texts")
    return tuple(lines)
