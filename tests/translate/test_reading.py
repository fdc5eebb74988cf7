import io
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from translate import reading
from translate.errors import BadInput, UndecodableInput
from translate.text import Article, Kind

HEADLINE = "ميناء طنجة القديم يستعد لعودة السفن السياحية"
FIRST = "أعلنت بلدية طنجة أمس خطة لترميم الميناء القديم تستمر ثلاث سنوات."
COSTS = "وتبلغ كلفتها 40 مليون درهم."
SECOND = "وقال مهندس في المشروع إن الأرصفة الحجرية ستبقى كما هي، وإن المخازن ستتحول إلى قاعات عرض."
TEXT = f"{HEADLINE}\n\n{FIRST} {COSTS}\n{SECOND}\n"


def kinds(article: Article) -> list[str]:
    return [segment.kind.value for segment in article.segments]


def headings(text: str) -> list[str]:
    article = reading.from_text(text, id="x")
    return [segment.text for segment in article.segments if segment.kind is Kind.HEADING]


def test_a_text_becomes_an_article_with_its_sentences_in_place() -> None:
    article = reading.from_text(TEXT, id="tanger", source="tanger.txt")
    assert (article.id, article.language, article.source) == ("tanger", "ar", "tanger.txt")
    assert article.body == TEXT
    assert [segment.text for segment in article.segments] == [HEADLINE, FIRST, COSTS, SECOND]
    assert [segment.paragraph for segment in article.segments] == [0, 1, 1, 2]
    assert all(article.body[s.start : s.end] == s.text for s in article.segments)
    assert article.rebuild() == article.body


def test_the_body_is_the_text_but_for_line_breaks_and_the_byte_order_mark() -> None:
    article = reading.from_text("\ufeffسطر أول .\r\n\r\n  سطرٌ  ثانٍ.\rسطر ثالث.", id="x")
    assert article.body == "سطر أول .\n\n  سطرٌ  ثانٍ.\nسطر ثالث."
    assert [segment.paragraph for segment in article.segments] == [0, 1, 2]


def test_other_line_separators_end_a_paragraph_and_stay() -> None:
    article = reading.from_text("سطر أول\u2028سطر ثان\x0bسطر ثالث\x85سطر رابع", id="x")
    assert [segment.text for segment in article.segments] == ["سطر أول", "سطر ثان", "سطر ثالث", "سطر رابع"]
    assert article.rebuild() == "سطر أول\u2028سطر ثان\x0bسطر ثالث\x85سطر رابع"


# Titles and headings


def test_the_headline_is_the_title() -> None:
    assert reading.from_text(TEXT, id="x").title == HEADLINE


def test_a_title_that_is_given_wins() -> None:
    article = reading.from_text(TEXT, id="x", title="عنوان آخر")
    assert article.title == "عنوان آخر"
    assert article.body == TEXT


def test_without_a_headline_the_title_is_the_first_sentence_cut_between_words() -> None:
    title = reading.from_text(f"{SECOND}\n{FIRST}", id="x").title
    assert title == "وقال مهندس في المشروع إن الأرصفة الحجرية ستبقى كما هي، وإن المخازن ستتحول إلى…"
    assert len(title) <= 80


def test_a_section_label_above_the_headline_is_neither_title_nor_heading() -> None:
    article = reading.from_text(f"اقتصاد\n{TEXT}", id="x")
    assert article.title == HEADLINE
    assert kinds(article) == ["furniture", "heading", "body", "body", "body"]


@pytest.mark.parametrize(
    "headline", [HEADLINE, f"{HEADLINE}؟", f"{HEADLINE}!", "«لن نرحل»: سكان الميناء القديم"]
)
def test_a_headline_may_be_bare_ask_or_exclaim(headline: str) -> None:
    assert headings(f"{headline}\n{FIRST}\n{SECOND}") == [headline]


def test_a_first_line_that_ends_with_a_stop_is_no_headline() -> None:
    assert headings(f"{HEADLINE}.\n{FIRST}\n{SECOND}") == []


def test_bare_short_lines_above_a_paragraph_are_subheadings() -> None:
    assert headings(f"{FIRST}\nأرصفة من حجر\n{SECOND}\nصيف واعد\n{FIRST}") == ["أرصفة من حجر", "صيف واعد"]


@pytest.mark.parametrize(
    "line",
    [
        "وقال الوزير:",
        "- أرصفة من حجر",
        "«سنبقى هنا»",
        "كما رحب التجار بالخطة",
        "وأضاف المهندس أن العمل بدأ",
        "ويرى خبراء في الآثار أن الخطة تأخرت وأن جزءا من الأسوار انهار في الشتاء الماضي بعد أمطار غزيرة جدا",
    ],
)
def test_other_short_lines_are_not_subheadings(line: str) -> None:
    assert headings(f"{FIRST}\n{line}\n{SECOND}") == []


def test_the_last_bare_line_heads_nothing() -> None:
    assert headings(f"{FIRST}\n{SECOND}\nطنجة القديمة") == []


def test_verse_and_lists_are_not_headings() -> None:
    verse = "يا بحر طنجة\nيا صديق العابرين\nخذ من يدي ملح المساء\nوأعد إلي ظلال من رحلوا"
    assert headings(f"{FIRST}\n{verse}\n") == []


def test_where_no_paragraph_ends_with_a_stop_only_a_few_words_can_be_a_heading() -> None:
    first, second = FIRST.rstrip("."), SECOND.rstrip(".")
    text = "\n".join(
        (HEADLINE, first, "ورحب التجار بالخطة التي ستعيد الحركة إلى المدينة", "أرصفة من حجر", second)
    )
    assert headings(text) == [HEADLINE, "أرصفة من حجر"]


def test_lines_of_marks_that_nobody_sees_are_blank() -> None:
    text = f"\u200f\n{HEADLINE}\n\u200f\u200e\n{FIRST}\n\u200b \ufeff\n{SECOND}\n\u200f"
    article = reading.from_text(text, id="x")
    assert article.title == HEADLINE
    assert [segment.text for segment in article.segments] == [HEADLINE, FIRST, SECOND]
    assert [segment.paragraph for segment in article.segments] == [0, 1, 2]
    assert kinds(article) == ["heading", "body", "body"]
    assert article.rebuild() == text


@pytest.mark.parametrize("line", ["* * *", "———", "…"])
def test_a_line_without_letters_is_neither_title_nor_heading(line: str) -> None:
    article = reading.from_text(f"{line}\n{HEADLINE}\n{line}\n{FIRST}\n{SECOND}", id="x")
    assert article.title == HEADLINE
    assert kinds(article) == ["body", "heading", "body", "body", "body"]


# Wrapped lines


@pytest.mark.parametrize("width", [60, 72, 80])
def test_sentences_are_not_cut_where_a_text_is_wrapped(width: int) -> None:
    paragraphs = [f"{FIRST} {COSTS} {SECOND}", f"{SECOND} {COSTS} {FIRST}"]
    wrapped = "\n\n".join(textwrap.fill(paragraph, width) for paragraph in paragraphs) + "\n"
    article = reading.from_text(wrapped, id="x")
    assert [" ".join(segment.text.split()) for segment in article.segments] == [
        segment.text for segment in reading.from_text("\n".join(paragraphs), id="x").segments
    ]
    assert [segment.paragraph for segment in article.segments] == [0, 0, 0, 1, 1, 1]
    assert article.body == wrapped
    assert article.rebuild() == wrapped


def test_headlines_and_furniture_around_wrapped_paragraphs_stay_lines() -> None:
    paragraph = textwrap.fill(f"{FIRST} {COSTS} {SECOND} {COSTS}", 50)
    article = reading.from_text(f"{HEADLINE}\n{paragraph}\nاترك تعليقا\nشارك الخبر", id="x")
    assert article.title == HEADLINE
    assert kinds(article) == ["heading", "body", "body", "body", "body", "furniture", "furniture"]


def test_short_lines_that_are_not_wrapped_stay_paragraphs() -> None:
    lines = [
        "أعلنت البلدية خطة جديدة للميناء.",
        "وستستمر الأعمال ثلاث سنوات كاملة على الأقل.",
        "وقال التجار إنهم ينتظرون الصيف.",
        "ولم تحدد البلدية بعد موعد الافتتاح الرسمي للمرحلة الأولى.",
        "ويعارض الصيادون الخطة.",
    ]
    article = reading.from_text("\n".join(lines), id="x")
    assert [segment.text for segment in article.segments] == lines


# Bytes, pages, files


def test_a_page_is_read_as_its_article() -> None:
    page = (
        f"<html><head><title>{HEADLINE} | الميناء</title></head><body><nav><a href='/'>الرئيسية</a></nav>"
        f"<h1>{HEADLINE}</h1><p>{FIRST} {COSTS}</p><h2>أرصفة من حجر</h2><p>{SECOND}</p>"
        "<h3>أخبار ذات صلة</h3><p>مطار جديد في العيون</p></body></html>"
    )
    article = reading.from_bytes(page.encode(), id="x")
    assert article.title == HEADLINE
    assert article.body.split("\n\n") == [
        HEADLINE,
        f"{FIRST} {COSTS}",
        "أرصفة من حجر",
        SECOND,
        "أخبار ذات صلة",
        "مطار جديد في العيون",
    ]
    assert kinds(article) == ["heading", "body", "body", "heading", "body", "furniture", "furniture"]
    assert [segment.paragraph for segment in article.segments] == [0, 1, 1, 2, 3, 4, 5]


def test_a_page_in_windows_1256_is_read_by_its_bytes() -> None:
    head = "<html><head><meta charset='windows-1256'></head>"
    page = f"{head}<body><h1>{HEADLINE}</h1><p>{FIRST}</p></body></html>"
    assert reading.from_bytes(page.encode("cp1256"), id="x").title == HEADLINE


def test_html_can_be_demanded_and_refused() -> None:
    assert reading.from_bytes(f"{FIRST}<br>{SECOND}".encode(), id="x", html=True).segments[-1].text == SECOND
    assert "<p>" in reading.from_bytes(f"<p>{FIRST}</p>".encode(), id="x", html=False).body


@pytest.mark.parametrize("suffix", [".html", ".htm", ".HTML"])
def test_the_suffix_of_a_file_says_that_it_is_html(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"page{suffix}"
    path.write_text(f"{FIRST} <b>مهم</b>", encoding="utf-8")
    assert reading.read(path).body == f"{FIRST} مهم"


def test_a_file_gives_its_name_and_path(tmp_path: Path) -> None:
    path = tmp_path / "خبر 1.txt"
    path.write_bytes(TEXT.encode("utf-16"))
    article = reading.read(path)
    assert (article.id, article.source, article.body) == ("خبر 1", str(path), TEXT)


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode("cp1256"))))
    article = reading.read("-")
    assert (article.id, article.source, article.title) == ("stdin", "-", HEADLINE)


def test_a_folder_becomes_its_articles_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.HTM", "c.html", "notes.md", ".hidden.txt", "references.txt/x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    listed = reading.files([tmp_path / "notes.md", tmp_path, Path("-"), tmp_path / "missing.txt"])
    assert [path.name for path in listed] == ["notes.md", "a.HTM", "b.txt", "c.html", "-", "missing.txt"]


# What cannot be read


@pytest.mark.parametrize("text", ["", " \n\t\u00a0\n", "\ufeff", "\u200f\u200b\n\u2028"])
def test_nothing_to_read_is_said(text: str) -> None:
    with pytest.raises(BadInput, match="empty or blank"):
        reading.from_text(text, id="x")
    with pytest.raises(BadInput, match="empty or blank"):
        reading.from_bytes(text.encode(), id="x")


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "leer.txt"
    path.touch()
    with pytest.raises(BadInput, match=r"leer\.txt: There is no text"):
        reading.read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no file .*nirgends\.txt"):
        reading.read(tmp_path / "nirgends.txt")
    with pytest.raises(BadInput, match="cannot be read"):
        reading.read("a\0b")


def test_a_folder_is_no_file_and_one_without_articles_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is a folder"):
        reading.read(tmp_path)
    with pytest.raises(BadInput, match=r"\*\.txt, \*\.html, \*\.htm"):
        reading.files([tmp_path])


def test_an_undecodable_file_keeps_its_offset_and_gains_its_name(tmp_path: Path) -> None:
    path = tmp_path / "cut.txt"
    data = HEADLINE.encode()[:-1]
    path.write_bytes(data)
    with pytest.raises(UndecodableInput, match=rf"cut\.txt: .*byte offset {len(data) - 1}") as caught:
        reading.read(path)
    assert caught.value.offset == len(data) - 1


def test_a_page_without_an_article_is_said() -> None:
    with pytest.raises(BadInput, match="no article on this page"):
        reading.from_bytes(b"<html><body><script>x()</script></body></html>", id="x")


# What is odd, and still an article


def test_only_furniture_is_an_article_of_furniture() -> None:
    article = reading.from_text("شارك الخبر\nاترك تعليقا\nأخبار ذات صلة\n", id="x")
    assert kinds(article) == ["furniture"] * 3
    assert article.title == "شارك الخبر"


def test_english_is_an_article_that_is_seen_to_hold_no_arabic() -> None:
    article = reading.from_text("The old port reopens.\n\nShips return in summer. Traders are glad.", id="x")
    assert len(article.segments) == 3
    assert reading.arabic_share(article.body) == 0.0


@pytest.mark.parametrize(
    "text", ["قال \ud800 الوزير. ثم غادر \udfff القاعة.", "َ ُ ِ", "؟", "123", "🙂", "ـــ."]
)
def test_odd_text_is_rebuilt_exactly(text: str) -> None:
    article = reading.from_text(text, id="x")
    assert article.segments
    assert article.rebuild() == text


def test_five_megabytes_on_one_line_are_an_article() -> None:
    sentence = "وقال مهندس في المشروع إن الأرصفة الحجرية ستبقى كما هي. "
    count = 5_000_000 // len(sentence.encode())
    article = reading.from_text(sentence * count, id="x")
    assert len(article.segments) == count
    assert {segment.paragraph for segment in article.segments} == {0}
    assert len(reading.from_text("كلمة " * 600_000, id="x").segments) == 1


def test_reading_text_loads_neither_trafilatura_nor_a_model_library() -> None:
    code = (
        "import sys; from translate import reading; reading.from_text('سطر واحد.', id='x');"
        "print(sorted({'trafilatura', 'torch', 'transformers', 'ctranslate2'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_points_of_a_list_and_rows_of_figures_are_no_headings() -> None:
    listed = "1. الهلال 68 نقطة\n2. النصر 59\n3. الأهلي 52"
    assert headings(f"{HEADLINE}\n{FIRST}\n{listed}\n{SECOND}\n35,1\n{FIRST}") == [HEADLINE]
    assert headings(f"{FIRST}\n1. أرصفة من حجر\n{SECOND}\n2. صيف واعد\n{FIRST}") == [
        "1. أرصفة من حجر",
        "2. صيف واعد",
    ]


def test_text_copied_from_a_page_with_a_title_and_a_table_is_seen_to_be_wrapped() -> None:
    text = (
        f"التقرير السنوي 2022{' ' * 60}12\n\nشهد الاقتصاد الوطني خلال عام 2022 نموا ملحوظا بلغت نسبته\n"
        "3.4 في المائة، مقابل 2.1 في المائة في عام 2021، وذلك نتيجة\n"
        "لارتفاع أسعار النفط وزيادة الإنفاق الحكومي على مشروعات\nالبنية التحتية.\n\n"
        f"جدول رقم (4): توزيع الصادرات\nالنفط الخام {'.' * 30} 78.4%\nأخرى {'.' * 40} 9.5%\nالمجموع {'.' * 30} 88%\n"
    )
    article = reading.from_text(text, id="x")
    assert [segment.text.count("\n") for segment in article.segments] == [0, 3, 0, 0, 0, 0]


def test_items_and_cells_of_a_page_are_no_headings() -> None:
    page = (
        f"<article><h1>{HEADLINE}</h1><p>{FIRST} {COSTS}</p><ul><li>أرصفة من حجر</li></ul><p>{SECOND}</p>"
        f"<table><tr><td>صيف واعد</td></tr></table><p>{FIRST}</p></article>"
    )
    article = reading.from_bytes(page.encode(), id="x", html=True)
    assert [s.text for s in article.segments if s.kind is Kind.HEADING] == [HEADLINE]


def test_a_headline_of_two_is_one_heading_and_the_title() -> None:
    headline = "عندما تتحول الشاشة إلى مرآة.. كيف غيرت الهواتف طفولتنا؟"
    article = reading.from_text(f"{headline}\n{FIRST}\n{SECOND}\n", id="x")
    assert article.title == headline
    assert kinds(article) == ["heading", "heading", "body", "body"]


def test_figures_with_their_label_are_no_heading() -> None:
    assert headings(f"{HEADLINE}\nالعجز: (2,278.5)\n{FIRST}\nبنك مصر: 50.60/50.70\n{SECOND}") == [HEADLINE]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('<?xml version="1.0"?><tmx version="1.4"><body/></tmx>', "TMX"),
        (
            '\ufeff<?xml version="1.0"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<!-- - ours -->\n<tmx version="1.4">',
            "TMX",
        ),
        ('<xliff version="1.2" xmlns="urn:x">', "XLIFF"),
    ],
)
def test_a_file_of_both_languages_is_refused_with_what_to_do(text: str, kind: str) -> None:
    with pytest.raises(BadInput, match=f"a {kind} file, in which both languages stand.* .txt"):
        reading.from_bytes(text.encode(), id="m")


def test_an_article_about_exchange_formats_is_read() -> None:
    text = "<tmxx> ليست صيغة معروفة، أما <tmx> فصيغة معروفة."
    assert reading.from_bytes(text.encode(), id="m").body == text
