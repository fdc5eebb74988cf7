"""Whoever aligns a pair, the command, the reader or an evaluation: the model is asked, and the beads agree."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from align.cli import Job, run
from align.files import article_in
from align.weights import Mode
from eval.documents import on_beads
from eval.testsets import Document, TestSet
from eval.translation import System
from translate import reading
from translate.engine import Likelihood
from translate.text import Kind
from translate.translator import MarianTranslator
from web import compare
from web.runtime import Runtime

# Which of the two says it first, nothing but a model could tell.
TORN = "وصل الوزير إلى المدينة.\nوصل الوزير إلى المدينة.\nثم غادر."
ENGLISH = "The minister came to the city.\nThen he left."


@pytest.fixture
def asked(translator: MarianTranslator, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The pairs that the server's model is asked about, as they come."""
    pairs: list[tuple[str, str]] = []
    score = translator.score

    def listen(given: Iterable[tuple[str, str]]) -> list[Likelihood | None]:
        pairs.extend(given := list(given))
        return score(given)

    monkeypatch.setattr(translator, "score", listen)
    return pairs


def test_a_reference_added_or_aligned_again_is_put_to_the_model_where_in_doubt(
    app: Flask, client: FlaskClient, asked: list[tuple[str, str]]
) -> None:
    here: Runtime = app.extensions["muwazi"]
    article = here.store.add_article(reading.from_text(TORN, id="torn"), origin="paste").id
    added = client.post(f"/api/articles/{article}/references", json={"name": "Agency", "text": ENGLISH}).json
    assert ("وصل الوزير إلى المدينة.", "The minister came to the city.") in asked
    asked.clear()
    body = {"action": "realign", "revision": added["revision"]}
    assert client.post(f"/api/references/{added['id']}/beads", json=body).status_code == 200
    assert ("وصل الوزير إلى المدينة.", "The minister came to the city.") in asked


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_command_the_reader_and_an_evaluation_pair_the_same_sentences(
    app: Flask, translator: MarianTranslator, seeds: list[Path], number: int
) -> None:
    """Furniture apart, which an evaluation does not have and the reader does not translate."""
    source = seeds[number]
    target = source.parent / "references" / f"{source.stem}.en.txt"
    article = article_in(source, "ar", presplit=False)
    texts = [segment.text for segment in article.segments]
    made = tuple(one.text for one in translator.translate(texts))
    by_command = run(Job(source, target, False, Mode.MT, False, True, made), translator)

    here: Runtime = app.extensions["muwazi"]
    stored = here.store.article(here.store.add_article(reading.read(source), origin="paste").id)
    wanted = [row.segment for row in stored.rows if row.segment.kind is not Kind.FURNITURE]
    here.store.save_translations(
        [segment.id for segment in wanted], list(translator.translate([one.text for one in wanted]))
    )
    by_reader = compare.add_reference(
        here.store,
        here.store.article(stored.entry.id),
        "Agency",
        target.read_text(encoding="utf-8"),
        translator=translator,
    )
    assert [(bead.source, bead.target) for bead in by_reader.beads] == [
        (bead.source, bead.target) for bead in by_command.beads
    ]

    kept = [n for n, segment in enumerate(article.segments) if segment.kind is not Kind.FURNITURE]
    english = tuple(segment.text for segment in by_reader.article.segments)
    document = Document("seed", tuple(texts[n] for n in kept), english)
    system = System("mt", tuple(made[n] for n in kept))
    corpus, _ = on_beads(TestSet("seed", (document,), aligned=False), [system], translator)
    assert list(zip(corpus.sources or (), corpus.references[0], strict=True)) == [
        (arabic, rendered)
        for bead, arabic, rendered in by_command
        if bead.target and set(bead.source) & set(kept)
    ]
