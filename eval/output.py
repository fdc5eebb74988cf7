"""An evaluation as JSON (and back) and as CSV."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from eval.significance import Interval
from eval.translation import Corpus, Coverage, Evaluation, Result, System, evaluate
from translate.errors import BadInput

FORMAT = "muwazi-evaluation-1"
_REMEDY = "Write one with: muwazi eval run SET --json > FILE"


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


def read_systems(path: Path) -> tuple[Corpus, list[System], tuple[str, ...]]:
    """
    The corpus, the systems and the metric keys of an evaluation written by :func:`to_json`.

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
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise BadInput(f"{path} is not an evaluation of Muwazi (no format {FORMAT!r}). {_REMEDY}")
    raw = data["corpus"]
    corpus = Corpus(
        raw["name"],
        tuple(tuple(lines) for lines in raw["references"]),
        _maybe(raw["sources"]),
        _maybe(raw["documents"]),
    )
    systems = [
        System(
            name=entry["name"],
            lines=tuple(entry["lines"]),
            about=entry["about"],
            logprobs=None if entry["logprobs"] is None else tuple(entry["logprobs"]),
            seconds=entry["seconds"],
            coverage=None if entry["coverage"] is None else Coverage(**entry["coverage"]),
            external={name: tuple(scores) for name, scores in entry["external"].items()},
        )
        for entry in data["systems"]
    ]
    external = {name.lower() for system in systems for name in system.external}
    keys = tuple(metric["key"] for metric in data["metrics"] if metric["key"] not in external)
    return corpus, systems, keys


def read_evaluation(path: Path) -> Evaluation:
    """An evaluation again, with everything counted anew from its lines."""
    corpus, systems, keys = read_systems(path)
    return evaluate(corpus, systems, metrics=keys)


def _maybe(lines: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if lines is None else tuple(lines)
