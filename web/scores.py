"""
How near an article's English comes to a reference: the whole of it, and pair by pair.

Pairs are the reference's beads. What has no counterpart is not scored but
counted, and so are pairs that are not translated yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from eval.score import DEFAULT_METRICS, QUICK_METRICS, Score, compare, segment_scores
from eval.translation import Coverage
from web.records import Reference, StoredArticle
from web.three_way import ThreeWay, three_way

_TER_UP_TO = 500  # Pairs; beyond, a page would wait seconds for TER alone.


@dataclass(frozen=True, slots=True)
class BeadScore:
    """
    One pair: its number among the reference's beads, and its scores by metric key.

    ``machine`` are those of the model's translation; ``corrected`` those of the
    text with a person's corrections, empty where nobody corrected it.
    """

    row: ThreeWay
    machine: dict[str, float]
    corrected: dict[str, float]

    @property
    def number(self) -> int:
        """Which bead of the reference this is, from 0."""
        return self.row.number

    @property
    def shown(self) -> dict[str, float]:
        """The scores of what the reader shows."""
        return self.corrected or self.machine


@dataclass(frozen=True, slots=True)
class ArticleScores:
    """
    All scores of an article against one reference.

    ``machine`` and ``corrected`` are document scores, the latter empty where
    nobody corrected a scored pair; all are empty where ``beads`` is.
    ``coverage`` shares are of characters. ``untranslated`` counts pairs without
    English yet. ``model`` names whoever translated; several, with commas.
    """

    machine: tuple[Score, ...]
    corrected: tuple[Score, ...]
    beads: tuple[BeadScore, ...]
    coverage: Coverage
    untranslated: int
    model: str

    @property
    def worst_first(self) -> tuple[BeadScore, ...]:
        """The pairs by the chrF of what is shown, the lowest first."""
        return tuple(sorted(self.beads, key=lambda bead: bead.shown["chrf"]))


def compute_scores(stored: StoredArticle, reference: Reference) -> ArticleScores:
    """BLEU, chrF, chrF++ and TER of an article's translations against a reference, by its beads."""
    rows = three_way(stored, reference)
    pairs = [row for row in rows if row.status == "paired"]
    scored = [row for row in pairs if row.machine]
    machine = tuple(row.machine or "" for row in scored)
    shown = tuple(row.shown or "" for row in scored)
    wanted = tuple(row.reference for row in scored)
    base: _Scored = ((), ())
    better: _Scored = ((), ())
    if scored:
        base = _score(machine, wanted)
        if shown != machine:
            better = _score(shown, wanted)
    beads = tuple(
        BeadScore(row, base[1][n], better[1][n] if better[1] and row.is_corrected else {})
        for n, row in enumerate(scored)
    )
    models = dict.fromkeys(row.machine.model for row in stored.rows if row.machine is not None)
    return ArticleScores(
        machine=base[0],
        corrected=better[0],
        beads=beads,
        coverage=_coverage(rows),
        untranslated=len(pairs) - len(scored),
        model=", ".join(models),
    )


_Scored = tuple[tuple[Score, ...], tuple[dict[str, float], ...]]


@lru_cache(maxsize=32)  # The page is opened again after each edit elsewhere; TER takes milliseconds a pair.
def _score(lines: tuple[str, ...], wanted: tuple[str, ...]) -> _Scored:
    """Document scores with intervals, and each line's scores."""
    metrics = DEFAULT_METRICS if len(lines) <= _TER_UP_TO else QUICK_METRICS
    found = compare({"": lines}, [wanted], metrics=metrics)
    by_metric = segment_scores(found.statistics[""])
    lines_scores = tuple({key: by_metric[key][n] for key in metrics} for n in range(len(lines)))
    return tuple(found.scores[""]), lines_scores


def _coverage(rows: Sequence[ThreeWay]) -> Coverage:
    """How much of both texts has a counterpart; page furniture is not asked for one."""
    reference = sum(len(row.reference) for row in rows)
    added = sum(len(row.reference) for row in rows if row.status == "added")
    source = sum(len(row.source) for row in rows if row.status != "furniture")
    left_out = sum(len(row.source) for row in rows if row.status == "left_out")
    pairs = [row.bead.score for row in rows if row.status == "paired"]
    return Coverage(
        covered=1 - added / reference if reference else 0.0,
        omitted=added / reference if reference else 0.0,
        added=left_out / source if source else 0.0,
        confidence=sum(pairs) / len(pairs) if pairs else None,
    )
