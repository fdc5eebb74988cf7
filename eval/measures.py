"""
Precision, recall and F1 against gold, as one report: for alignments, word links and sentence ends.

The report goes to a terminal, to JSON (and back), to CSV and to the same HTML
page as scores of translations.
"""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.alignment import Tally, interval
from translate.errors import BadInput

FORMAT = "muwazi-measures-1"


@dataclass(frozen=True, slots=True)
class Measure:
    """
    One thing that was counted; ``units`` holds the counts of each document or text.

    ``about`` says in words what counts as right.
    """

    name: str
    about: str
    units: tuple[Tally, ...]

    @property
    def whole(self) -> Tally:
        """All units added up (micro-average)."""
        return sum(self.units, Tally())

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the F1 by bootstrap over units: a point where there is one unit."""
        return interval(self.units)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One place where prediction and gold part; ``missed`` where only gold has it."""

    unit: str
    missed: bool
    text: str


@dataclass(frozen=True, slots=True)
class Measures:
    """
    Everything about one prediction against gold. The first measure is the main one.

    ``unit`` names what is counted apart (document, text, sentence pair), ``units``
    are their names, in the order of each measure's. ``kinds`` are further counts,
    such as of beads by size. ``summary`` is one line that sums it up.
    """

    title: str
    unit: str
    units: tuple[str, ...]
    measures: tuple[Measure, ...]
    kinds: tuple[Measure, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    summary: str = ""

    @property
    def heading(self) -> str:
        """How many units of what."""
        return f"{len(self.units)} {self.unit}{'' if len(self.units) == 1 else 's'}"


def to_text(report: Measures, *, mistakes: int, brief: bool = False) -> str:
    """Tables for a terminal, with up to ``mistakes`` mistakes."""
    lines = [report.heading, f"{'':10}{'P':>7}{'R':>7}{'F1':>7}   95 %"]
    for measure in report.measures:
        low, high = measure.interval
        lines.append(f"{measure.name:10}{_columns(measure.whole)}   {low:.3f}–{high:.3f}")
    if not brief:
        lines += [f"{m.name:10}{_columns(m.whole)}   {m.whole.wanted} in gold" for m in report.kinds]
    if report.summary:
        lines.append(report.summary)
    if mistakes and not brief:
        shown = report.mistakes[:mistakes]
        lines += [f"{'missed' if one.missed else 'wrong '}  {one.unit}  {one.text}" for one in shown]
        if more := len(report.mistakes) - len(shown):
            lines.append(f"and {more} more")
    return "\n".join(lines) + "\n"


def _columns(tally: Tally) -> str:
    return "".join(f"{value:7.3f}" for value in (tally.precision, tally.recall, tally.f1))


def _numbers(tally: Tally) -> list[str]:
    return [f"{value:.3f}" for value in (tally.precision, tally.recall, tally.f1)]


def to_json(report: Measures) -> str:
    """Everything; scores are written out beside their counts."""
    data = asdict(report)
    for name in ("measures", "kinds"):
        for entry, measure in zip(data[name], getattr(report, name), strict=True):
            whole, span = measure.whole, measure.interval
            entry["scores"] = {"precision": whole.precision, "recall": whole.recall, "f1": whole.f1}
            entry["interval"] = {"low": span[0], "high": span[1]}
    return json.dumps({"format": FORMAT, **data}, ensure_ascii=False, indent=1) + "\n"


def is_measures(path: Path) -> bool:
    """Whether the file is one of :func:`to_json`, as far as its beginning tells."""
    try:
        with path.open(encoding="utf-8") as file:
            return FORMAT in file.read(80)
    except (OSError, ValueError):
        return False


def from_json(path: Path) -> Measures:
    """
    What :func:`to_json` wrote.

    Raises BadInput where the file is missing or something else.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Measures(
            title=data["title"],
            unit=data["unit"],
            units=tuple(data["units"]),
            measures=tuple(_measure(entry) for entry in data["measures"]),
            kinds=tuple(_measure(entry) for entry in data["kinds"]),
            mistakes=tuple(Mistake(**entry) for entry in data["mistakes"]),
            summary=data["summary"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path} holds no measures of Muwazi ({error}).") from error


def _measure(entry: dict[str, object]) -> Measure:
    counts = entry["units"]
    if not isinstance(counts, list):
        raise TypeError("units must be a list")
    return Measure(str(entry["name"]), str(entry["about"]), tuple(Tally(**one) for one in counts))


def to_csv(report: Measures) -> str:
    """One row per unit and measure."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    counts = ("predicted", "right", "wanted", "found")
    writer.writerow([report.unit, "measure", *counts, "precision", "recall", "f1"])
    for number, unit in enumerate(report.units):
        for measure in report.measures:
            tally = measure.units[number]
            numbers = [getattr(tally, name) for name in counts]
            writer.writerow([unit, measure.name, *numbers, *_numbers(tally)])
    return buffer.getvalue()


def worst(report: Measures) -> Sequence[tuple[str, Tally]]:
    """Units by the F1 of the main measure, the lowest first; those that are perfect are left out."""
    pairs = zip(report.units, report.measures[0].units, strict=True)
    return sorted(((name, tally) for name, tally in pairs if tally.f1 < 1), key=lambda pair: pair[1].f1)
