import pytest

from translate.errors import BadInput
from translate.text import Article, Segment, TranslatedArticle, Translation

BODY = "عنوان\n\nجملة أولى. جملة ثانية.\n"
SEGMENTS = (Segment("عنوان", 0, 0), Segment("جملة أولى.", 7, 1), Segment("جملة ثانية.", 18, 1))


def article(body: str = BODY, segments: tuple[Segment, ...] = SEGMENTS) -> Article:
    return Article("x", "ar", "عنوان", body, segments)


def test_gaps_and_segments_rebuild_the_body() -> None:
    assert article().gaps() == ["", "\n\n", " ", "\n"]
    assert article().rebuild() == BODY


def test_a_segment_must_stand_where_it_says() -> None:
    with pytest.raises(BadInput, match="does not stand at 3"):
        article(segments=(Segment("عنوان", 3, 0),))


def test_no_word_of_the_body_may_belong_to_no_segment() -> None:
    with pytest.raises(BadInput, match="belongs to no segment"):
        article(segments=SEGMENTS[:1])
    with pytest.raises(BadInput, match="belongs to no segment"):
        article(segments=SEGMENTS[1:])


def test_marks_that_nobody_sees_may_stand_between_segments() -> None:
    body = "\u200f\nعنوان\n\u200f\u200b\nجملة.\u200e"
    marked = article(body, (Segment("عنوان", 2, 0), Segment("جملة.", 11, 1)))
    assert marked.gaps() == ["\u200f\n", "\n\u200f\u200b\n", "\u200e"]
    assert marked.rebuild() == body


def test_the_translation_keeps_paragraphs_and_blank_lines() -> None:
    texts = ["Title", "First.", "Second."]
    translated = TranslatedArticle(
        article(), tuple(Translation(s.text, t, -1.0) for s, t in zip(SEGMENTS, texts, strict=True))
    )
    assert translated.text == "Title\n\nFirst. Second.\n"


def test_there_is_one_translation_or_none_for_each_segment() -> None:
    with pytest.raises(BadInput, match="1 translations for 3 segments"):
        TranslatedArticle(article(), (None,))
