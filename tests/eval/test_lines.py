import json
from pathlib import Path

import pytest

from eval.lines import read_lines
from eval.suspicion import check
from translate.errors import BadInput, UndecodableInput
from translate.output import render
from translate.text import Article, Kind, Segment, TranslatedArticle, Translation


def test_only_a_line_feed_ends_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.en"
    path.write_text("one\u2028still one\r\n\ntwo  \n", encoding="utf-8")
    assert read_lines(str(path), "hypothesis") == ["one\u2028still one", "", "two"]


def test_columns_go_by_number_by_name_or_by_their_role(tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text("source\ttranslation\tmt2\nنعم\tYes\tYeah\n", encoding="utf-8")
    assert read_lines(str(path), "source") == ["نعم"]
    assert read_lines(str(path), "hypothesis") == ["Yes"]
    assert read_lines(f"{path}:mt2", "hypothesis") == ["Yeah"]
    assert read_lines(f"{path}:3", "hypothesis") == ["Yeah"]


def test_an_article_in_jsonl_gives_a_line_for_each_translated_segment(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    segments = [
        {"text": "نعم", "translation": "Yes", "score": -0.5},
        {"text": "اشترك", "translation": None, "score": None},
        {"text": "لا", "translation": "No", "score": -0.25},
    ]
    path.write_text(json.dumps({"id": "a", "segments": segments}) + "\n", encoding="utf-8")
    assert read_lines(str(path), "hypothesis") == ["Yes", "No"]
    assert read_lines(str(path), "source") == ["نعم", "لا"]
    assert read_lines(str(path), "document") == ["a", "a"]


@pytest.mark.parametrize(
    ("name", "content", "field", "words"),
    [
        ("a.tsv", "one\ttwo\n", "", "several columns and no names"),
        ("a.tsv", "source\ttranslation\nنعم\n", "", "line 2 has 1 tab-separated columns"),
        ("a.tsv", "source\ttranslation\nنعم\tYes\n", ":doc", "has no document: none of doc"),
        ("a.jsonl", '{"translation": "Yes"}\n', ":doc", "has no document"),
        ("a.jsonl", '{"translation": "Yes"\n', "", "entry 1 is not valid JSON"),
        ("a.jsonl", "[1]\n", "", "entry 1 is no JSON object"),
        ("a.json", '[{"segments": [1]}]', "", "entry 1: segment '1' is no JSON object"),
        ("a.txt", "one\n", ":doc", "has no field 'doc'"),
    ],
)
def test_a_missing_column_is_named(tmp_path: Path, name: str, content: str, field: str, words: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    role = "document" if field else "hypothesis"
    with pytest.raises(BadInput, match=words):
        read_lines(f"{path}{field}", role)


def test_mixed_encodings_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "mixed.en"
    path.write_bytes("Café déjà vu, voilà\nتم ذلك\n".encode() + "naïve\n".encode("latin-1"))
    with pytest.raises(UndecodableInput, match=r"mixed\.en, line 3"):
        read_lines(str(path), "hypothesis")


ENGLISH = ["Rutte praised Tokyo in 2024.", "Kishida left Osaka.", "Marles met Austin in Perth.", "It rained."]
ARABIC = ["أشاد روته بطوكيو.", "غادر كيشيدا أوساكا.", "التقى مارلز أوستن.", "هطل المطر."]


@pytest.mark.parametrize(
    ("hypothesis", "reference", "words"),
    [
        (ENGLISH[:3], ENGLISH, "Line 4 is the first that differs in kind"),
        ([*ENGLISH[:1], "", *ENGLISH[1:]], ENGLISH, "Line 2 is the first that differs in kind"),
        (["Rutte praised Tokyo.", "Marles met Austin in Perth."], ENGLISH[:3], "seem to slip at line 2"),
        (ENGLISH, [*ENGLISH[:3], " "], "Line 4 of the reference ref is empty"),
        (ENGLISH, ARABIC, "The reference ref is Arabic"),
        (ARABIC, ENGLISH, "mt is the source, not a translation"),
    ],
)
def test_what_cannot_be_scored_is_explained(hypothesis: list[str], reference: list[str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        check({"mt": hypothesis}, {"ref": reference}, ARABIC[: len(reference)])


def test_a_source_that_is_not_arabic_is_refused() -> None:
    with pytest.raises(BadInput, match="source is not Arabic"):
        check({"mt": ENGLISH}, {"ref": ENGLISH}, ENGLISH)


def test_empty_hypotheses_and_equal_files_are_remarked() -> None:
    assert (
        "empty lines (one line, the first at 2)" in check({"mt": ["a", "", "c"]}, {"ref": ["a", "b", "c"]})[0]
    )
    assert "are the same" in check({"mt": ENGLISH}, {"ref": ENGLISH})[0]


def test_swapped_files_are_suspected_by_their_names_and_by_loops() -> None:
    others = ["Something else.", *ENGLISH[1:]]
    assert "each other's place (by their names)" in check({"reference.en": ENGLISH}, {"mt.out": others})[0]
    loops = ["the the the the the the end", "go go go go go go go", *ENGLISH[2:]]
    assert "2 reference lines repeat themselves" in check({"a": ENGLISH}, {"b": loops})[0]


def test_a_document_column_of_another_length_is_refused() -> None:
    with pytest.raises(BadInput, match="document column has 1 lines"):
        check({"mt": ENGLISH}, {"ref": ENGLISH}, None, ["a"])


SEGMENTS = (
    ("وصل. غادر.", "body", 0, "He came."),
    ("غادر.", "body", 0, "He left."),
    ("اشترك", "furniture", 1, None),
    ("لا", "body", 2, "C:\\new\tNo"),
)


@pytest.fixture(params=["tsv", "jsonl"])
def translated(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What `muwazi translate` writes of one article."""
    article = Article(
        "a",
        "ar",
        "a",
        "\n".join(text for text, *_ in SEGMENTS),
        tuple(
            Segment(text, sum(len(one) + 1 for one, *_ in SEGMENTS[:number]), paragraph, Kind(kind))
            for number, (text, kind, paragraph, _) in enumerate(SEGMENTS)
        ),
    )
    made = tuple(Translation(text, english, -0.5) if english else None for text, _, _, english in SEGMENTS)
    path = tmp_path / f"out.{request.param}"
    path.write_text(
        render([TranslatedArticle(article, made)], request.param, several=False), encoding="utf-8"
    )
    return str(path)


def test_every_form_of_a_translated_article_gives_the_same_lines(translated: str) -> None:
    assert read_lines(translated, "hypothesis") == ["He came.", "He left.", "C:\\new\tNo"]
    assert read_lines(translated, "source") == ["وصل. غادر.", "غادر.", "لا"]


def test_paragraphs_are_taken_where_they_and_not_the_sentences_are_as_many_as_wanted(translated: str) -> None:
    assert read_lines(translated, "hypothesis", 2) == ["He came. He left.", "C:\\new\tNo"]
    assert len(read_lines(translated, "hypothesis", 3)) == len(read_lines(translated, "hypothesis", 7)) == 3
