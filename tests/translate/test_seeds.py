"""The traps of the five seed articles: reading, splitting, headings and furniture on the real files."""

from functools import cache
from pathlib import Path

import pytest

from translate import reading
from translate.text import Article, Kind

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
NUMBERS = ("000", "001", "002", "003", "004")


@cache
def article(number: str) -> Article:
    return reading.read(next(SEEDS.glob(f"{number}_*.txt")))


def texts(number: str, kind: Kind) -> list[str]:
    return [segment.text for segment in article(number).segments if segment.kind is kind]


def paragraph(number: str, beginning: str) -> list[str]:
    """The segments of the paragraph that begins so."""
    first = next(s for s in article(number).segments if s.text.startswith(beginning))
    return [s.text for s in article(number).segments if s.paragraph == first.paragraph]


@pytest.mark.parametrize("number", NUMBERS)
def test_the_body_is_the_file_and_segments_rebuild_it(number: str) -> None:
    path = next(SEEDS.glob(f"{number}_*.txt"))
    seed = article(number)
    assert seed.body == path.read_text(encoding="utf-8")
    assert seed.rebuild() == seed.body
    assert all(seed.body[s.start : s.end] == s.text for s in seed.segments)
    assert (seed.id, seed.source, seed.language) == (path.stem, str(path), "ar")


@pytest.mark.parametrize("number", NUMBERS)
def test_every_line_with_text_is_a_paragraph(number: str) -> None:
    lines = [line for line in article(number).body.split("\n") if line.strip()]
    segments = article(number).segments
    assert [segment.paragraph for segment in segments] == sorted(segment.paragraph for segment in segments)
    for paragraph_number, line in enumerate(lines):
        inside = [segment.text for segment in segments if segment.paragraph == paragraph_number]
        assert " ".join(" ".join(inside).split()) == " ".join(
            line.replace("الأخيرة.ففي", "الأخيرة. ففي").split()
        )


@pytest.mark.parametrize(
    ("number", "count"),
    [("000", 12), ("001", 11), ("002", 15), ("003", 17), ("004", 23)],
)
def test_the_articles_have_these_many_sentences(number: str, count: int) -> None:
    assert len(texts(number, Kind.BODY)) == count


def test_the_files_of_the_folder_are_the_five_articles_without_their_references() -> None:
    assert [path.name[:3] for path in reading.files([SEEDS])] == list(NUMBERS)


# Titles and headings


@pytest.mark.parametrize(
    ("number", "title"),
    [
        ("000", "مسئول سابق بالناتو يحث تايوان على إقامة شراكة تكنولوجية دفاعية وأمنية مع الحلف"),
        ("002", 'يستهدف حلف شمال الأطلسي "الناتو" تشكيل برنامج صناعي دفاعي جديد مع شركائه في…'),
        ("003", "تعاون عسكري متزايد بين اليابان والناتو"),
        ("004", "تحالف الناتو وشركاؤه في المحيط الهادئ يصدرون بيانًا مشتركًا"),
    ],
)
def test_titles(number: str, title: str) -> None:
    assert article(number).title == title


def test_000_the_bare_line_below_the_section_name_is_the_headline() -> None:
    assert texts("000", Kind.HEADING) == [article("000").title]


def test_001_the_headline_keeps_its_latin_dateline() -> None:
    assert texts("001", Kind.HEADING) == [article("001").title]
    assert article("001").title.startswith("(SeaPRwire) – واشنطن بدأت محادثات")


def test_002_bare_lines_are_subheadings() -> None:
    assert texts("002", Kind.HEADING) == ["أمن متشابك", "مخزونات الأسلحة", "دروس الحرب", "تعميق التعاون"]


def test_003_headline_teaser_and_second_headline() -> None:
    first, second = texts("003", Kind.HEADING)
    assert first == article("003").title
    assert second.startswith("إيشيبَا الياباني ورئيس الناتو")
    assert len(paragraph("003", "تعهد رئيس الوزراء الياباني والأمين العام")) == 3


def test_004_headline_teaser_and_second_headline() -> None:
    first, second = texts("004", Kind.HEADING)
    assert first == article("004").title
    assert second.startswith("مواجهة التهديدات من روسيا")


# Furniture


def test_000_section_name_comment_form_and_back_to_top_are_furniture() -> None:
    assert texts("000", Kind.FURNITURE) == [
        "أخبار العالم",
        "اترك تعليقاً",
        "لن يتم نشر عنوان بريدك الإلكتروني.",
        "الحقول الإلزامية مشار إليها بـ *",
        "زر الذهاب إلى الأعلى",
    ]


def test_001_notice_section_labels_and_advertisement_are_furniture() -> None:
    marked = texts("001", Kind.FURNITURE)
    assert [text.split()[0] for text in marked] == ["يتم", "لا", "القطاعات:", "يوفر", "يدعم"]
    assert "(https://www.seaprwire.com/)" in marked[1]


def test_002_has_no_furniture() -> None:
    assert texts("002", Kind.FURNITURE) == []


def test_003_related_news_and_its_three_headlines_are_furniture() -> None:
    marked = texts("003", Kind.FURNITURE)
    assert marked[0] == "أخبار ذات صلة"
    assert [text.split()[0] for text in marked[1:]] == ["تحطم", "فرنسا", "إرث"]


def test_004_the_hashtags_at_the_end_of_the_teaser_are_furniture() -> None:
    assert texts("004", Kind.FURNITURE) == ["#حلف_الناتو #الأمن_العالمي"]
    assert len(paragraph("004", "قمة حلف الناتو: إدانة")) == 3


# Splitting


def test_000_four_blank_lines_between_paragraphs_stay() -> None:
    assert article("000").gaps()[3] == "\n\n\n\n"


def test_000_an_attribution_and_a_quote_of_two_sentences_are_one_segment() -> None:
    (segment,) = paragraph("000", "وأضاف “إذا كانت الصين")
    assert "فهل ينبغي لنا ذلك. يمكن لتايوان" in segment
    assert segment.endswith("داخل الناتو”.")


def test_000_odd_spacing_and_spelling_are_shown_as_they_are() -> None:
    body = " ".join(texts("000", Kind.BODY))
    assert "من الدعم ، ولديها" in body
    assert "جيدريماس جيلينكاس" in body
    assert "وفقًا لجيلينسكاس ،" in body


def test_000_a_latin_acronym_in_brackets_ends_no_sentence() -> None:
    assert len(paragraph("000", "وفقًا لجيلينسكاس")) == 1
    assert "(NIF) ، الذي" in paragraph("000", "وفقًا لجيلينسكاس")[0]


def test_001_brackets_and_an_ellipsis_inside_a_quote_cut_nothing() -> None:
    (segment,) = paragraph("001", "وأوضح مسؤول كبير")
    assert "خصومنا مثل [الصين] يرون فرصة… [و] لديهم" in segment


def test_001_a_sentence_that_ends_in_latin_letters_ends_there() -> None:
    assert paragraph("001", "وفقًا لما ذكرته وكالة")[0].endswith("AUKUS.")


def test_002_a_quote_that_never_closes_swallows_nothing() -> None:
    (segment,) = paragraph("002", 'وبحسب معهد "ستوكهولم')
    assert segment.endswith("2019-2023 على التوالي.")


def test_002_a_full_stop_without_a_space_ends_the_sentence() -> None:
    first, second = paragraph("002", "مع ذلك، فإن تعميق")
    assert first.endswith("في السنوات الأخيرة.")
    assert second.startswith("ففي يونيو الماضي،")


def test_002_a_stray_shadda_is_shown_as_it_is() -> None:
    assert "وتغّير المناخ" in paragraph("002", "وقد تركزت المحادثات")[0]


def test_003_a_long_sentence_of_three_clauses_is_one_segment() -> None:
    assert len(paragraph("003", "كما دعا كلاهما")) == 1


def test_003_nsatu_and_a_quote_behind_it() -> None:
    first, second = paragraph("003", "يقع مقر قيادة")
    assert "بـ NSATU في قاعدة" in first
    assert second.startswith('وقال روته إن NSATU "تساعد')


def test_004_adjacent_quotations_of_one_speaker_are_segments_of_their_own() -> None:
    first, second = paragraph("004", "وقال الأمين العام لحلف الناتو ينس")
    assert first.endswith('القوى الاستبدادية".')
    assert second.startswith('"يجب أن نعمل معًا')


def test_004_a_quotation_of_two_short_sentences_is_one_segment() -> None:
    assert paragraph("004", '"أمننا ليس') == ['"أمننا ليس إقليميًا. إنه عالمي".']


def test_004_numbers_and_money_stay_in_their_sentences() -> None:
    assert "يبلغ من العمر 75 عامًا" in paragraph("004", "وللسنة الثالثة")[0]
    assert len(paragraph("004", "لكن غزو روسيا")) == 1
    (money,) = paragraph("004", "أعلنت الحكومة الأسترالية")
    assert money.endswith("250 مليون دولار أسترالي (167 مليون دولار أمريكي).")
