from pathlib import Path
from typing import Any

import pytest

from align.aligner import align
from align.bead import ParallelText
from eval import documents
from eval.documents import on_beads
from eval.resegment import resegment
from eval.testsets import Document, TestSet, find, seeds
from eval.translation import System
from translate.errors import BadInput
from translate.text import Article, Kind


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_the_seeds_are_five_documents_without_page_furniture() -> None:
    found = seeds()
    assert [len(document.name) for document in found.documents] == [20] * 5
    assert not found.aligned
    assert all(len(document.sources) > 3 and len(document.reference) > 3 for document in found.documents)


def test_seeds_that_are_not_there_are_explained(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="come with a checkout"):
        seeds(tmp_path)


def test_a_folder_holds_sets_by_name_with_their_documents(tmp_path: Path) -> None:
    write(tmp_path, "b.ar", "نعم\nلا\nربما\n")
    write(tmp_path, "b.en", "Yes\nNo\nPerhaps\n")
    write(tmp_path, "b.doc", "x\nx\ny\n")
    write(tmp_path, "a.ar", "نعم\n")
    write(tmp_path, "a.en", "Yes\n")
    one, two = find(str(tmp_path))
    assert (one.name, two.name) == ("a", "b")
    assert [(d.name, d.sources) for d in two.documents] == [("x", ("نعم", "لا")), ("y", ("ربما",))]
    assert find(str(tmp_path / "b")) == [two]


def test_files_that_disagree_or_are_missing_are_named(tmp_path: Path) -> None:
    write(tmp_path, "a.ar", "نعم\nلا\n")
    with pytest.raises(BadInput, match=r"a\.en is missing"):
        find(str(tmp_path))
    write(tmp_path, "a.en", "Yes\n")
    with pytest.raises(BadInput, match=r"a\.en has 1 lines and .*a\.ar has 2"):
        find(str(tmp_path))
    with pytest.raises(BadInput, match="no test set 'nowhere'"):
        find("nowhere")


def test_a_tmx_is_read_without_entities_from_outside(tmp_path: Path) -> None:
    write(tmp_path, "secret.txt", "secret")
    unit = '<tu><tuv xml:lang="ar"><seg>نعم</seg></tuv><tuv xml:lang="en-GB"><seg>Yes &x;</seg></tuv></tu>'
    head = f'<?xml version="1.0"?><!DOCTYPE tmx [<!ENTITY x SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    write(tmp_path, "m.tmx", f"{head}<tmx><body>{unit}</body></tmx>")
    (found,) = find(str(tmp_path / "m.tmx"))
    assert found.documents[0].sources == ("نعم",)
    assert "secret" not in found.documents[0].reference[0]
    write(tmp_path, "broken.tmx", "<tmx>")
    with pytest.raises(BadInput, match="not valid XML"):
        find(str(tmp_path / "broken.tmx"))


def test_a_text_is_cut_where_its_reference_is_cut() -> None:
    reference = ["The talks began on Monday.", "Tokyo agreed.", "Nobody objected to it."]
    assert resegment("Talks began Monday and Tokyo has agreed. Nobody objected", reference) == [
        "Talks began Monday and",
        "Tokyo has agreed.",
        "Nobody objected",
    ]
    assert resegment("", reference) == ["", "", ""]
    assert " ".join(resegment("x y z", reference)).split() == ["x", "y", "z"]


def test_free_references_are_aligned_and_what_has_no_counterpart_is_counted() -> None:
    document = Document(
        "one",
        (
            "أعلن رئيس الوزراء الياباني كيشيدا الاتفاق في طوكيو.",
            "وبلغت قيمة العقد 250 مليون دولار.",
            "ورحبت أستراليا بهذا القرار في بيان رسمي.",
        ),
        (
            "Japanese Prime Minister Kishida announced the agreement in Tokyo.",
            "The contract was worth 250 million dollars.",
            "Australia welcomed the decision in an official statement.",
            "Meanwhile heavy snow closed several mountain roads for two days.",
        ),
    )
    lines = (
        "Prime Minister Kishida announced the agreement in Tokyo.",
        "The value of the contract is 250 million dollars.",
        "Australia welcomed this decision in an official statement.",
    )
    corpus, (system,) = on_beads(TestSet("t", (document,), aligned=False), [System("mt", lines)])
    assert corpus.references == (document.reference[:3],)
    assert system.lines == lines
    assert system.coverage is not None
    snow = len(document.reference[3])
    assert system.coverage.omitted == pytest.approx(snow / sum(map(len, document.reference)))
    assert system.coverage.added == 0
    assert set(system.coverage.resegmented) == {"bleu", "chrf"}


def test_headings_of_documents_are_headings_to_the_aligner(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[Kind]] = []

    def watched(source: Article, target: Article, **rest: Any) -> ParallelText:
        seen.extend([segment.kind for segment in side.segments] for side in (source, target))
        return align(source, target, **rest)

    monkeypatch.setattr(documents, "align", watched)
    third = seeds().documents[2]
    on_beads(TestSet("t", (third,), aligned=False), [System("mt", tuple(third.sources))])
    assert [kinds.count(Kind.HEADING) for kinds in seen] == [4, 4]
    assert tuple(map(tuple, seen)) == third.kinds


def test_a_system_with_another_number_of_lines_is_refused() -> None:
    test = TestSet("t", (Document("one", ("نعم",), ("Yes",)),), aligned=False)
    with pytest.raises(BadInput, match="mt has 2 lines for 1 sentences of t"):
        on_beads(test, [System("mt", ("a", "b"))])
