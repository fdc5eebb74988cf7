"""The page of an article's scores against a reference."""

from flask import Blueprint, render_template

from web.compare import find
from web.pages import t
from web.score_chart import draw
from web.scores import compute_scores

blueprint = Blueprint("scores", __name__)


@blueprint.get("/articles/<int:article_id>/scores/<int:reference_id>")
def show_scores(article_id: int, reference_id: int) -> str:
    """Document scores with their signatures, a chart of the pairs, and the worst of them first."""
    stored, reference = find(article_id, reference_id)
    scores = compute_scores(stored, reference)
    address = f"/articles/{article_id}/compare/{reference_id}"
    shown = {score.metric: score for score in scores.corrected or scores.machine}
    names = [
        t("scores.bar", number=bead.number + 1, value=f"{bead.shown['chrf']:.0f}") for bead in scores.beads
    ]
    chart = draw(
        scores.beads,
        address,
        mean=shown["chrF"].value if shown else 0.0,
        label=t("scores.chart.label"),
        names=names,
    )
    return render_template(
        "scores.html",
        entry=stored.entry,
        reference=reference,
        scores=scores,
        shown=list(shown.values()),
        machine={score.metric: score for score in scores.machine} if scores.corrected else {},
        chart=chart,
        address=address,
    )
