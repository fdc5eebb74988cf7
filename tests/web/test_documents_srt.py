"""Subtitles: the same cues at the same times, with what is said in them in English."""

import re

import pytest

from translate.checks import translatable
from translate.errors import BadInput
from translate.translator import MarianTranslator
from web.documents import read_article, translate_document
from web.documents.srt import translate
from web.errors import UnsupportedFormat

FILM = """1
00:00:01,000 --> 00:00:03,500
<i>قال الوزير إن الحكومة</i>

2
00:00:03,600 --> 00:00:06,000
ستعلن خطة جديدة يوم الأحد.

3
00:00:07,000 --> 00:00:09,000
- أين أخي؟
- أخوك في بيروت.

4
00:00:20,000 --> 00:00:22,000
{\\an8}♪ 2024 ♪
"""
ENGLISH = {
    "قال الوزير إن الحكومة ستعلن خطة جديدة يوم الأحد.": "The minister said the government would announce a new plan on Sunday.",
    "أين أخي؟": "Where is my brother?",
    "أخوك في بيروت.": "Your brother is in Beirut.",
    "وصل الرئيس إلى بيروت.": "The president arrived in Beirut.",
    "هل وصل الرئيس إلى بيروت؟": "Did the president arrive in Beirut?",
}


def by_hand(texts: list[str]) -> list[str]:
    return [ENGLISH[text] for text in texts]


def subtitles(data: bytes) -> list[str]:
    """The text of each cue."""
    blocks = data.decode().strip().split("\n\n")
    return [block.split("\n", 2)[2] for block in blocks]


def test_a_sentence_over_two_cues_is_translated_whole_and_cut_where_they_meet() -> None:
    first, second, *_ = subtitles(translate(FILM.encode(), by_hand))
    assert first == "<i>The minister said the government</i>"
    assert second == "would announce a new plan on Sunday."


def test_numbers_and_times_stay_as_they_were() -> None:
    made = translate(FILM.encode(), by_hand).decode()
    times = re.compile(r"^\d+$|-->.*$", re.M)
    assert times.findall(made) == times.findall(FILM)
    assert made.count("\n\n") == FILM.count("\n\n")


def test_two_speakers_keep_a_line_each() -> None:
    assert (
        subtitles(translate(FILM.encode(), by_hand))[2]
        == "- Where is my brother?\n- Your brother is in Beirut."
    )


def test_a_cue_without_words_stays_as_it_was() -> None:
    assert subtitles(translate(FILM.encode(), by_hand))[3] == "{\\an8}♪ 2024 ♪"


def test_windows_line_ends_and_the_mark_of_utf8_are_kept() -> None:
    data = b"\xef\xbb\xbf" + FILM.replace("\n", "\r\n").encode()
    made = translate(data, by_hand)
    assert made.startswith(b"\xef\xbb\xbf1\r\n00:00:01,000 --> 00:00:03,500\r\n")
    assert made.replace(b"\r\n", b"").count(b"\n") == 0


def test_a_stop_that_was_written_in_front_for_old_players_ends_up_behind() -> None:
    film = "1\n00:00:01,000 --> 00:00:02,000\n.وصل الرئيس إلى بيروت\n"
    assert subtitles(translate(film.encode(), by_hand)) == ["The president arrived in Beirut."]


def test_subtitles_in_an_old_code_page_come_out_as_utf8() -> None:
    film = "1\n00:00:01,000 --> 00:00:02,000\nوصل الرئيس إلى بيروت.\n"
    made = translate(film.encode("cp1256"), by_hand)
    assert made.decode() == "1\n00:00:01,000 --> 00:00:02,000\nThe president arrived in Beirut.\n"


def test_cues_without_blank_lines_between_them_are_told_apart_by_their_times() -> None:
    film = (
        "1\n00:00:01,000 --> 00:00:02,000\nوصل الرئيس إلى بيروت.\n"
        "2\n00:00:03,000 --> 00:00:04,000\nهل وصل الرئيس إلى بيروت؟"
    )
    assert translate(film.encode(), by_hand).decode() == (
        "1\n00:00:01,000 --> 00:00:02,000\nThe president arrived in Beirut.\n"
        "2\n00:00:03,000 --> 00:00:04,000\nDid the president arrive in Beirut?"
    )


def test_long_lines_are_wrapped_in_the_middle() -> None:
    english = "The president arrived in Beirut yesterday and will meet the ministers today."
    film = "1\n00:00:01,000 --> 00:00:04,000\nوصل الرئيس إلى بيروت.\n"
    (text,) = subtitles(translate(film.encode(), lambda _: [english]))
    lines = text.split("\n")
    assert len(lines) == 2
    assert " ".join(lines) == english
    assert abs(len(lines[0]) - len(lines[1])) < 12


def test_a_tag_that_nobody_closed_is_kept() -> None:
    film = "1\n00:00:01,000 --> 00:00:04,000\n<i>وصل الرئيس إلى بيروت.\n"
    assert subtitles(translate(film.encode(), by_hand)) == ["<i>The president arrived in Beirut."]


def test_the_real_model_leaves_every_cue_its_share(translator: MarianTranslator) -> None:
    def model(texts: list[str]) -> list[str]:
        return [made.text for made in translator.translate(texts)]

    made, name = translate_document(FILM.encode(), "film.ar.srt", model)
    assert name == "film.en.srt"
    assert len(subtitles(made)) == 4
    assert all(text.strip() and not translatable(text) for text in subtitles(made))


def test_what_is_said_is_read_as_an_article() -> None:
    article = read_article(FILM.encode(), "film.srt")
    assert article.segments[0].text == "قال الوزير إن الحكومة ستعلن خطة جديدة يوم الأحد."
    assert "-->" not in article.body
    assert "<i>" not in article.body


def test_a_file_without_times_is_no_subtitles() -> None:
    with pytest.raises(UnsupportedFormat, match="no times"):
        translate_document("وصل الرئيس.".encode(), "film.srt", by_hand)
    with pytest.raises(BadInput, match="no times"):
        translate("وصل الرئيس.".encode(), by_hand)
