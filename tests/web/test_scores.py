"""Scores of an article against a reference, and the page that shows them."""

from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from align.bead import from_lines
from translate import reading
from translate.text import Translation
from web.compare import add_reference
from web.records import Correction, Entry, Machine, Reference, Row, StoredArticle, StoredBead, StoredSegment
from web.score_chart import draw
from web.scores import compute_scores

MADE = datetime(2026, 11, 26, tzinfo=UTC)
ARABIC = (
    "وصل الوفد إلى طوكيو يوم الثلاثاء.",
    "لم يحضر أحد من الوزراء.",
    "وقال كيشيدا إنه يرحب بالقرار.",
    "اترك تعليقا",
)
MACHINE = ("The delegation arrived in Tokyo on Tuesday.", "None of ministers attended.", None, None)
ENGLISH = (
    "The delegation arrived in Tokyo on Tuesday.",
    "None of the ministers came.",
    "Kishida welcomed the decision, he said.",
    "Nobody knows more.",
)


def article(correction: str | None = None) -> StoredArticle:
    body = reading.from_text("\n\n".join(ARABIC), id="a")
    rows = []
    for n, (segment, text) in enumerate(zip(body.segments, MACHINE, strict=True)):
        machine = Machine(text, -0.4, (), "builtin@abc", MADE) if text else None
        rows.append(
            Row(
                StoredSegment(n + 1, n, segment.text, segment.start, segment.paragraph, segment.kind), machine
            )
        )
    if correction:
        rows[1] = replace(rows[1], correction=Correction(correction, 1, MADE))
    entry = Entry(1, "t", "", "", "paste", MADE, 4, 3, 2, 0, 0, 1, False)
    return StoredArticle(entry, body, tuple(rows))


def reference() -> Reference:
    beads = (
        StoredBead(range(1), range(1), 0.98),
        StoredBead(range(1, 2), range(1, 2), 0.9),
        StoredBead(range(2, 3), range(2, 3), 0.8),
        StoredBead(range(3, 4), range(3, 3), 0.7),
        StoredBead(range(4, 4), range(3, 4), 0.7),
    )
    return Reference(1, 1, "A", from_lines(ENGLISH, language="en"), beads, 1)


def test_document_scores_are_sacrebleus_over_the_translated_pairs() -> None:
    scores = compute_scores(article(), reference())
    by_name = {score.metric: score for score in scores.machine}
    said, wanted = [text for text in MACHINE if text], [list(ENGLISH[:2])]
    assert by_name["BLEU"].value == pytest.approx(BLEU(force=True).corpus_score(said, wanted).score)
    assert by_name["chrF"].value == pytest.approx(CHRF().corpus_score(said, wanted).score)
    assert "TER" in by_name
    assert "version:" in by_name["TER"].signature
    assert not by_name["TER"].higher_is_better
    assert by_name["BLEU"].interval is not None


def test_pairs_without_english_are_counted_and_not_scored_as_empty() -> None:
    scores = compute_scores(article(), reference())
    assert [bead.number for bead in scores.beads] == [0, 1]
    assert scores.untranslated == 1
    assert scores.model == "builtin@abc"


def test_the_worst_pair_comes_first() -> None:
    scores = compute_scores(article(), reference())
    assert [bead.number for bead in scores.worst_first] == [1, 0]
    assert scores.beads[0].machine["chrf"] == pytest.approx(100)
    assert scores.beads[0].machine["ter"] == 0


def test_coverage_counts_what_has_no_counterpart_but_furniture() -> None:
    coverage = compute_scores(article(), reference()).coverage
    assert coverage.omitted == pytest.approx(len(ENGLISH[3]) / sum(map(len, ENGLISH)))
    assert coverage.covered == pytest.approx(1 - coverage.omitted)
    assert coverage.added == 0  # What the reference leaves out is furniture here.
    assert coverage.confidence == pytest.approx((0.98 + 0.9 + 0.8) / 3)


def test_corrections_are_scored_beside_the_machine_and_only_where_somebody_corrected() -> None:
    scores = compute_scores(article("None of the ministers came."), reference())
    assert scores.corrected[0].value > scores.machine[0].value
    assert scores.beads[0].corrected == {}
    assert scores.beads[1].corrected["chrf"] == pytest.approx(100)
    assert scores.beads[1].machine["chrf"] < 90
    assert compute_scores(article(), reference()).corrected == ()


def test_nothing_translated_gives_no_scores_and_no_error() -> None:
    stored = article()
    bare = replace(stored, rows=tuple(Row(row.segment) for row in stored.rows))
    scores = compute_scores(bare, reference())
    assert (scores.machine, scores.beads, scores.untranslated) == ((), (), 3)


def test_the_chart_has_a_link_for_every_pair_and_no_style() -> None:
    scores = compute_scores(article("None of the ministers came."), reference())
    names = ['Pair 1: "<b>"', "Pair 2"]
    svg = ElementTree.fromstring(
        draw(scores.beads, "/articles/1/compare/1", mean=50.0, label="Chart", names=names)
    )
    links = svg.findall("a")
    assert [link.get("href") for link in links] == ["/articles/1/compare/1#b1", "/articles/1/compare/1#b2"]
    assert links[0].get("aria-label") == names[0]
    bar, was = links[1].findall("rect")[1], links[1].find("line")
    assert bar.get("class") == "bar corrected"
    assert was is not None
    assert not [element for element in svg.iter() if "style" in element.attrib]


# --- The page --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(app: Flask) -> str:
    store = app.extensions["muwazi"].store
    entry = store.add_article(reading.from_text("\n\n".join(ARABIC), id="a"), origin="paste")
    rows = store.article(entry.id).rows
    made = [
        Translation(row.segment.text, text, -0.4, (), "builtin@abc")
        for row, text in zip(rows, MACHINE, strict=True)
        if text
    ]
    store.save_translations([row.segment.id for row in rows[: len(made)]], made)
    kept = add_reference(store, store.article(entry.id), "A translator", "\n\n".join(ENGLISH[:3]))
    return f"/articles/{entry.id}/scores/{kept.id}"


def test_the_page_shows_scores_with_signatures_and_links_to_each_pair(
    client: FlaskClient, address: str
) -> None:
    page = client.get(f"{address}?lang=en").text
    assert "nrefs:1|<wbr>bs:1000|<wbr>" in page
    assert "lower is better" in page
    assert page.count(f'{address.replace("scores", "compare")}#b2"') == 2
    assert 'style="' not in page


def test_the_page_says_when_there_is_nothing_to_score(client: FlaskClient, app: Flask) -> None:
    store = app.extensions["muwazi"].store
    entry = store.add_article(reading.from_text(ARABIC[0], id="b"), origin="paste")
    kept = add_reference(store, store.article(entry.id), "A", ENGLISH[0])
    page = client.get(f"/articles/{entry.id}/scores/{kept.id}?lang=en")
    assert page.status_code == 200
    assert "Nothing to score yet" in page.text
