"""The path every caller takes, on the real built-in weights."""

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from translate import load, reading
from translate.engine import Decoding, Engine, Hypothesis
from translate.text import Kind
from translate.translator import MarianTranslator, capitalized, punctuated

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "قال رئيس الوزراء إن بلاده ستشارك في القمة."


@pytest.fixture(scope="module")
def translator() -> MarianTranslator:
    return load("builtin", beam=1)


def test_a_sentence_comes_out_in_english_with_its_score_and_model(translator: MarianTranslator) -> None:
    (translation,) = translator.translate([SENTENCE])
    assert translation.source == SENTENCE
    assert translation.text
    assert translation.text.isascii()
    assert translation.score is not None
    assert translation.score < 0
    assert translation.model == translator.name == translator.model.label


def test_there_is_one_translation_per_sentence_in_order(translator: MarianTranslator) -> None:
    numbers = [f"بلغ عدد المشاركين {n} شخصا." for n in range(40)]
    assert [t.source for t in translator.translate(numbers)] == numbers


def test_sentences_are_taken_as_they_are_needed(translator: MarianTranslator) -> None:
    """An endless source gives its first translation at once."""

    def endless():  # type: ignore[no-untyped-def]
        while True:
            yield SENTENCE

    assert next(translator.translate(endless())).source == SENTENCE


@pytest.mark.parametrize(
    "line",
    ["", "   ", "* * *", "2024/7/11", "https://example.com/ar?x=1", "#حلف_الناتو #الأمن_العالمي", "info@example.org",
     "🇱🇧🔥", "NATO", "\u064e\u064f\u0650"],
)  # fmt: skip
def test_what_cannot_be_translated_is_copied(translator: MarianTranslator, line: str) -> None:
    (translation,) = translator.translate([line])
    assert translation.text == line
    assert translation.score is None
    assert translation.warnings == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deepening cooperation", "Deepening cooperation"),
        ("“well-known” names", "“Well-known” names"),
        ("note: this", "Note: this"),
        ("iPhone sales fall", "iPhone sales fall"),
        ("https://example.com and more", "https://example.com and more"),
        ("press@example.org wrote", "press@example.org wrote"),
        ("e.g. this", "e.g. this"),
        ("17 people", "17 people"),
        ("• tax cuts", "• Tax cuts"),
        ("# user guide", "# User guide"),
        ("", ""),
    ],
)
def test_english_begins_with_a_capital_where_it_is_a_plain_word(text: str, expected: str) -> None:
    assert capitalized(text) == expected


def test_headings_begin_with_a_capital(translator: MarianTranslator) -> None:
    headings = ["تعميق التعاون", "دروس الحرب", "مخزونات الأسلحة", "مواجهة التهديدات من روسيا"]
    assert all(t.text[0].isupper() for t in translator.translate(headings))
    (kept,) = translator.translate(["https://example.com/ar رابط المقال"])
    assert kept.text.startswith("https://")


class Forgetful:
    """The real engine, but what it likes best has lost its figures."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.name = engine, engine.name

    def _spoilt(self, hypothesis: Hypothesis) -> Hypothesis:
        kept = (p for p in hypothesis.pieces if not any(letter.isdigit() for letter in p))
        return replace(hypothesis, pieces=tuple(kept))

    def decode(self, sources: Sequence[Sequence[str]], decoding: Decoding) -> list[Hypothesis]:
        return [self._spoilt(one) for one in self._engine.decode(sources, decoding)]

    def candidates(
        self, sources: Sequence[Sequence[str]], decoding: Decoding, count: int
    ) -> list[list[Hypothesis]]:
        found = self._engine.candidates(sources, decoding, count)
        return [[self._spoilt(some[0]), *some[: count - 1]] for some in found]


def test_an_empty_hypothesis_takes_no_faulty_ones_place() -> None:
    """It has one fault, and what loses two numbers has two."""

    class Mute(Forgetful):
        def candidates(
            self, sources: Sequence[Sequence[str]], decoding: Decoding, count: int
        ) -> list[list[Hypothesis]]:
            return [
                [some[0], replace(some[0], pieces=())]
                for some in super().candidates(sources, decoding, count)
            ]

    honest = load("builtin", beam=4)
    mute = MarianTranslator(honest.model, Mute(honest._engine), honest.settings)  # type: ignore[arg-type]
    (translation,) = mute.translate(["بلغ عدد المشاركين 75 شخصا في عام 2019."])
    assert translation.text
    assert len(translation.warnings) > 1


def test_where_figures_are_lost_the_next_likely_hypothesis_that_has_them_is_taken() -> None:
    honest = load("builtin", beam=4)
    sentences = [f"بلغ عدد المشاركين {n} شخصا." for n in range(20, 60)]
    good = [t for t in honest.translate(sentences) if not t.warnings]
    assert len(good) > 10
    forgetful = MarianTranslator(honest.model, Forgetful(honest._engine), honest.settings)  # type: ignore[arg-type]
    saved = [not t.warnings for t in forgetful.translate(t.source for t in good)]
    assert sum(saved) > 0.8 * len(good)
    greedy = MarianTranslator(honest.model, Forgetful(honest._engine), replace(honest.settings, beam=1))  # type: ignore[arg-type]
    assert all(t.warnings for t in greedy.translate(t.source for t in good)), "one hypothesis has no others"


@pytest.mark.parametrize(
    "item", ["https://www.seaprwire.com/", "press@example.org", "@muwazi_news", "👩🏽‍🚀", "#قمة_واشنطن"]
)
def test_what_must_survive_comes_out_unchanged(translator: MarianTranslator, item: str) -> None:
    (translation,) = translator.translate([f"لا تقدم الشركة ({item}) أي ضمانات."])
    assert translation.text.count(item) == 1


@pytest.mark.parametrize(
    ("arabic", "english"),
    [
        ("صفقة بقيمة 3 مليارات € في ألمانيا.", "3 billion euros"),
        ("غرامة قدرها 500 £ على السائق.", "500 pounds"),
        ("غرامة قدرها 500 ₪ على السائق.", "500 NIS"),
        ("وصلت الحرارة إلى 45° في بغداد.", "45 degrees in Baghdad"),
        ("وزارة الخارجیة الإیرانیة ترفض الاتهام.", "Foreign Ministry"),
        ("ھذه الخطة جديدة وھي مھمة.", "This plan is"),
        ("للتواصل واتساب: +962 7 9999 9999", "+962 7 9999 9999"),
        ("اتصلوا على الرقم 0599 123 123 للحجز.", "0599 123 123 "),
        ("راجع https://ar.wikipedia.org/wiki/غزة_(مدينة) للمزيد.", "/غزة_(مدينة) for more."),
        ("نشر على حسابه @HMBalousha أن الوضع هادئ.", "@HMBalousha the situation is quiet."),
        ("أرسلوا الأسئلة إلى info@example.com اليوم.", "info@example.com today."),
        ("• خفض الضرائب على الشركات", "• Decreasing"),
    ],
)
def test_what_the_vocabulary_lacks_is_said_all_the_same(
    translator: MarianTranslator, arabic: str, english: str
) -> None:
    (translation,) = translator.translate([arabic])
    assert english in translation.text
    assert translation.warnings == ()


def test_a_foreign_word_that_the_model_cannot_write_is_named(translator: MarianTranslator) -> None:
    (translation,) = translator.translate(
        ["التقى شي جين بينغ (习近平) نظيره فلاديمير بوتين (Путин) في بكين."]
    )
    assert "习近平 is missing from the translation." in translation.warnings
    assert "Путин is missing from the translation." in translation.warnings


def test_a_sentence_of_three_thousand_words_is_translated_to_its_end(translator: MarianTranslator) -> None:
    clause = "وقال الوزير إن الحكومة ستعمل على تعزيز الأمن في المنطقة،"
    monster = " ".join([clause] * 300)
    (translation,) = translator.translate([monster])
    (alone,) = translator.translate([clause])
    assert len(translation.text.split()) > 100 * min(len(alone.text.split()), 3)


def test_a_pieced_sentence_has_no_stop_where_the_author_has_none(translator: MarianTranslator) -> None:
    clauses = ["التقى الوزير نظيره الفرنسي", "ثم عقد الجانبان مؤتمرا صحفيا", "وبحثا التعاون الدفاعي"]
    sentence = "، ".join(clauses * 12) + "."
    (translation,) = translator.translate([sentence])
    assert ". " not in translation.text
    assert not re.search(r"[a-z,] (?:The|In|And|Then|They) ", translation.text)


def test_the_same_sentence_twice_is_decoded_once(translator: MarianTranslator) -> None:
    sentence = "أعلنت الوزارة عن خطة جديدة لدعم المزارعين."
    first, second = translator.translate([sentence, sentence])
    assert first == second
    before = translator._cache.hits
    assert next(translator.translate([sentence])) == first
    assert translator._cache.hits == before + 1


def test_display_marks_do_not_change_what_is_translated(translator: MarianTranslator) -> None:
    plain, dressed = translator.translate(
        [SENTENCE, "\u202bقـــال رئيس الوزراء إنّ بلاده ستشارك في القمة\u202c."]
    )
    assert plain.text == dressed.text
    assert dressed.source.startswith("\u202b")


def test_lone_surrogates_and_nulls_do_not_stop_the_rest(translator: MarianTranslator) -> None:
    odd, plain = translator.translate(["قال \ud800 الوزير\x00 اليوم.", SENTENCE])
    assert odd.text
    assert plain.text == next(translator.translate([SENTENCE])).text


def test_furniture_is_left_out_unless_asked_for(translator: MarianTranslator) -> None:
    article = reading.read(ROOT / "seeds" / "000_475f7dd48a63f8f2.txt")
    marked = [s.kind is Kind.FURNITURE for s in article.segments]
    assert any(marked)
    skipped = translator.translate_article(article)
    assert [t is None for t in skipped.translations] == marked
    kept = translator.translate_article(article, furniture=True)
    assert None not in kept.translations


def test_several_articles_are_one_stream(translator: MarianTranslator) -> None:
    articles = [reading.read(path) for path in sorted((ROOT / "seeds").glob("*.txt"))]
    together = list(translator.translate_articles(articles))
    assert [t.article for t in together] == articles
    assert together[2] == translator.translate_article(articles[2])


def test_memory_stays_flat_over_two_hundred_articles() -> None:
    """
    The seeds, whole, bring the decoder's buffers to their size; 200 articles then add at most 5 %.

    Every article has sentences of its own, so that the cache is always making room. The seeds come
    three times: each worker has buffers, and which one meets the longest sentences is chance.
    """
    code = """
from pathlib import Path
from translate import load, reading
from translate.engine import Decoding, Engine, Hypothesis
translator = load("builtin", beam=1, cache_bytes=200_000)
articles = [reading.read(path) for path in sorted(Path("seeds").glob("*.txt"))]
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1])
def translate(body, number):
    body = body.replace("اليابان", f"الدولة رقم {number}").replace("الناتو", f"الحلف {number}")
    translator.translate_article(reading.from_text(body, id=str(number)), furniture=True)
for number in range(15):
    translate(articles[number % 5].body, number)
early = resident()
for number in range(15, 215):
    translate(articles[number % 5].body[:450], number)
print(resident() / early)
"""
    if not Path("/proc/self/statm").exists():
        pytest.skip("resident memory is read from /proc, which is Linux's")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 1.05


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("توفي صباح اليوم الأربعاء، الموافق 19/9/2018م، الفنان القدير بعد صراع مع المرض.", "19/9/2018"),
        ("[00:00:05] المذيعة: أهلا بكم مشاهدينا الكرام في نشرة الثامنة.", "[00:00:05] "),
        ("توصل الفريق إلى قياس كتلة بوزون W بدقة (80,360.2 ± 9.9 MeV).", "(80,360.2 ± 9.9 MeV)"),
        ("حصل على وسام برتبة فارس (Chevalier de la Légion d'honneur).", "(Chevalier de la Légion d'honneur)"),
        ("النفط الخام ........................... 78.4%", "78.4%"),
        ("© 2024 جريدة الشرق", "© 2024 "),
        ("تتفاعل ذرة كربون مع الأكسجين وفق المعادلة: C + O₂ → CO₂.", "C + O₂ → CO₂."),
    ],
)
def test_what_a_model_fails_to_copy_is_kept_out_of_its_hands(
    translator: MarianTranslator, sentence: str, kept: str
) -> None:
    (translation,) = translator.translate([sentence])
    assert kept in translation.text
    assert translation.warnings == ()


@pytest.mark.parametrize(("line", "english"), [("٠٫٠٥٪", "0.05%"), ("٢٠٢٤ / ٥", "2024 / 5"), ("؟", "?")])
def test_figures_without_words_are_written_in_latin(
    translator: MarianTranslator, line: str, english: str
) -> None:
    assert [t.text for t in translator.translate([line])] == [english]


@pytest.mark.parametrize("mark", ["*", "-", "–", "##", "◄", "➊", "✔"])
def test_the_mark_of_a_point_stands_apart_and_its_english_begins_with_a_capital(
    translator: MarianTranslator, mark: str
) -> None:
    (translation,) = translator.translate([f"{mark} خفض الانبعاثات بحلول 2030"])
    assert re.match(rf"{re.escape(mark)} [A-Z]", translation.text)


def test_a_lone_and_between_two_names_is_and(translator: MarianTranslator) -> None:
    (translation,) = translator.translate(["تابعوا الحسابين @moh_sa و@spa_news على المنصة."])
    assert "@moh_sa and @spa_news" in translation.text


@pytest.mark.parametrize(
    ("made", "source", "english"),
    [
        ('It is new that " law" is dead.', "الجديد أن «القانون» مات.", 'It is new that "law" is dead.'),
        ('They say: "We will stand,"', "يقولون: «سنقف»", 'They say: "We will stand"'),
        ("The General Assembly,", "إن الجمعية العامة،", "The General Assembly,"),
        ('a 6" and 7" screen', "شاشة", 'a 6" and 7" screen'),
    ],
)
def test_quotation_marks_and_the_end_are_as_english_has_them(made: str, source: str, english: str) -> None:
    assert punctuated(made, source) == english


def test_the_marks_of_notes_come_out_as_they_are(translator: MarianTranslator) -> None:
    sentences = ["ظهرت القهوة في اليمن في القرن الخامس عشر.[2][3]", "نظر في المادة [5]"]
    noted, bracketed = (translation.text for translation in translator.translate(sentences))
    assert re.search(r"\w\.\[2\]\[3\]$", noted)
    assert bracketed.endswith(" [5]")


def test_the_letters_of_an_interview_are_those_of_english(translator: MarianTranslator) -> None:
    talk = [
        "س: متى تعود؟",
        "ج: أعود غدا.",
        "س/ ومن أين؟",
        "ج : راجع https://example.com/ar وكتابي.",
        "سأعود غدا: هذا وعد.",
    ]
    alone = ["متى تعود؟", "أعود غدا.", "ومن أين؟", "راجع https://example.com/ar وكتابي.", talk[-1]]
    expected = [made.text for made in translator.translate(alone)]
    labels = ["Q: ", "A: ", "Q: ", "A: ", ""]
    made = [made.text for made in translator.translate(talk)]
    assert made == [label + text for label, text in zip(labels, expected, strict=True)]
