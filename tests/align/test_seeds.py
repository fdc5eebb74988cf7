"""The articles that the project began from, against references that somebody else wrote."""

import json
from pathlib import Path

import pytest

from align.aligner import align
from align.files import article_in
from translate import load

ROOT = Path(__file__).resolve().parents[2]
Span = tuple[int, int] | None


def gold(name: str) -> set[tuple[Span, Span]]:
    rows = json.loads((Path(__file__).parent / "gold" / f"{name}.json").read_text(encoding="utf-8"))
    return {(tuple(source) if source else None, tuple(target) if target else None) for source, target in rows}


@pytest.mark.parametrize("looks", [False, True], ids=["", "with a second look"])
@pytest.mark.parametrize("name", ["000", "001", "002", "003", "004"])
def test_seed_articles_are_aligned_with_their_references_as_a_reader_would(name: str, looks: bool) -> None:
    """Strict F1 at least .98, furniture included as nulls, with the model's second look or without."""
    (article,) = (ROOT / "seeds").glob(f"{name}_*.txt")
    source = article_in(article, "ar", presplit=False)
    target = article_in(ROOT / "seeds" / "references" / f"{article.stem}.en.txt", "en", presplit=False)
    text = align(source, target, translator=load("builtin", beam=1) if looks else None)

    def span(segments: tuple, sentences: range) -> Span:
        return (segments[sentences.start].start, segments[sentences.stop - 1].end) if sentences else None

    found = {(span(source.segments, bead.source), span(target.segments, bead.target)) for bead in text.beads}
    wanted = gold(name)
    assert 2 * len(found & wanted) / (len(found) + len(wanted)) >= 0.98
