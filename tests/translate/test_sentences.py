"""Splitting: gold paragraphs, the seeds' own traps, hostile strings, and sentences too long for a model."""

import random
import runpy
from itertools import pairwise
from pathlib import Path

import pytest

from translate.errors import BadInput
from translate.sentences import resplit, split

ROOT = Path(__file__).resolve().parents[2]
BENCHMARK = runpy.run_path(str(ROOT / "benchmarks" / "splitting.py"))
GOLD = BENCHMARK["read_gold"](BENCHMARK["FILES"]["gold"])
UNSEEN = BENCHMARK["read_gold"](BENCHMARK["FILES"]["unseen"])

# Counted by hand in the articles.
SEED_SENTENCES = {
    "000_475f7dd48a63f8f2.txt": 18,
    "001_713297e6fb303674.txt": 17,
    "002_d3ea1ea3dbb91fc1.txt": 19,
    "003_ef517b7202d44284.txt": 23,
    "004_779c7c9213db5729.txt": 26,
}


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


def seed_lines(name: str) -> list[str]:
    return (ROOT / "seeds" / name).read_text(encoding="utf-8").splitlines()


def words(text: str) -> int:
    return len(text.split())


def assert_rebuilds(text: str, spans: list[tuple[int, int]]) -> None:
    """Spans are in order, stripped and not empty, and nothing but white space lies outside them."""
    position = 0
    for start, end in spans:
        assert position <= start < end
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


# Gold


@pytest.mark.parametrize("paragraphs", [GOLD, UNSEEN], ids=["gold", "unseen"])
def test_gold_boundaries_are_found_better_than_by_either_library_alone(paragraphs):
    score = BENCHMARK["score"]
    ours = score(BENCHMARK["muwazi_split"], paragraphs)
    assert ours.f1 >= 0.98
    assert ours.f1 > score(BENCHMARK["sentencex_split"], paragraphs).f1
    assert ours.f1 > score(BENCHMARK["yasbd_split"], paragraphs).f1


def test_the_gold_is_as_large_as_it_says():
    assert sum(len(paragraph.sentences) for paragraph in GOLD) == 200
    assert sum(len(paragraph.sentences) for paragraph in UNSEEN) == 65


def test_boundaries_are_counted_in_visible_characters():
    boundaries = BENCHMARK["boundaries"]
    assert boundaries(["نعم.", "لا."]) == {4}
    assert boundaries(["نعم.\u200f ", " لا."]) == {4}
    assert boundaries(["نعم. لا."]) == set()


# The seeds


@pytest.mark.parametrize(("name", "count"), SEED_SENTENCES.items())
def test_each_seed_has_the_sentences_that_a_reader_counts(name, count):
    text = (ROOT / "seeds" / name).read_text(encoding="utf-8")
    spans = split(text)
    assert len(spans) == count
    assert_rebuilds(text, spans)


def test_an_attribution_and_its_two_sentence_quotation_are_one_segment():
    (line,) = [line for line in seed_lines("000_475f7dd48a63f8f2.txt") if line.startswith("وأضاف “إذا")]
    assert sentences(line) == [line]


def test_ellipses_and_brackets_inside_nested_quotations_end_nothing():
    (line,) = [line for line in seed_lines("001_713297e6fb303674.txt") if "[الصين]" in line]
    assert sentences(line) == [line]


def test_an_address_in_brackets_and_a_decimal_are_not_cut():
    notice, _, distributor = seed_lines("001_713297e6fb303674.txt")[12:15]
    assert sentences(notice)[1].startswith("لا تقدم SeaPRwire (https://www.seaprwire.com/) أي")
    assert [sentence.split()[0] for sentence in sentences(distributor)] == ["يوفر", "يدعم"]


def test_the_quotation_mark_that_never_closes_swallows_nothing():
    text = "\n".join(seed_lines("002_d3ea1ea3dbb91fc1.txt")[2:5])
    assert text.count('"') == 3
    assert sentences(text) == text.split("\n")


def test_the_stop_without_a_space_is_found():
    first, second = sentences(seed_lines("002_d3ea1ea3dbb91fc1.txt")[-1])
    assert first.endswith("في السنوات الأخيرة.")
    assert second.startswith("ففي يونيو الماضي")


def test_hashtags_after_the_teaser_stand_alone():
    assert sentences(seed_lines("004_779c7c9213db5729.txt")[1])[-1] == "#حلف_الناتو #الأمن_العالمي"


def test_adjacent_quotations_are_sentences_and_two_short_sentences_in_one_quotation_are_not():
    both = seed_lines("004_779c7c9213db5729.txt")[5:7]
    assert [sentence[:12] for sentence in sentences("\n".join(both))] == [
        "وقال الأمين ",
        '"يجب أن نعمل',
        '"أمننا ليس إ',
    ]


# Rules, one by one


@pytest.mark.parametrize(
    "parts",
    [
        ["صدر القرار.", "وعاد الوفد."],
        ["هل عاد؟!", "لا أحد يعلم."],
        ["قال د. سالم إن أ.د. منى وصلت.", "وغادر م. خالد."],
        ["كتب ج. د. فانس رسالة.", "ولم يرد."],
        ["توفي عام 1445 هـ.", "ودفن في مكة."],
        ["ولد عام 1372 هـ. الموافق 1953 م. في القاهرة.", "ثم سافر."],
        ["بين عامي 1917 م. و1948 م. في المنفى.", "ثم رحل."],
        ["بني عام 300 ق.م. على التل.", "ثم هدم."],
        ["ارتفع 3.5 في المئة، ثم ٣٫٥، ثم ٣.٥.", "وبيع 1,200 كتاب."],
        ["وصل في 12.5.2024 عند 10.30.", "وغادر."],
        ["زر www.example.com/a.b?c=d أو راسل a.b@example.com.", "وانتظر الرد."],
        ["عبرت U.S. Navy المضيق.", "وباعت Acme Inc. السفينة."],
        ["كتب Mr. Smith إلى Dr. Jones رسالة.", "ثم اعتذر."],
        ["لا.", "لم يحدث."],
        ["فاز في المجموعة ب.", "ويلعب غدا."],
        ["القرارات: 1. وقف النار.", "2. تبادل الأسرى."],
        ["قال: «انتهى الأمر. سنعود».", "ومضى."],
        ["قال: “انتهى الأمر.”", "ومضى."],
        ["سأل: «متى نعود؟»", "ومضى."],
        ['كتب "أين أبناؤنا؟" على الجدار.', "ومضى."],
        ['"سنعود." قال الطبيب.', "ومضى."],
        ["غاب طويلا… ثم عاد.", "ومضى."],
        ["احترق كل شيء...", "وقال الجار إنه رأى النار."],
        ["حضر (غاب اثنان. وتأخر ثالث) أمس.", "ومضى."],
        ["فاز الفريق!🎉", "واحتفل."],
    ],
    ids=lambda parts: parts[0],
)
def test_sentences_are_told_apart(parts):
    assert sentences(" ".join(parts)) == parts


def test_a_line_break_always_ends_a_sentence():
    assert sentences("عنوان\nنص «لم ينته\r\nبعد»\n\n") == ["عنوان", "نص «لم ينته", "بعد»"]


def test_a_quotation_longer_than_a_speech_is_split_inside():
    sentence = "قلنا هذا مرارا. "
    short, long = f"وقال: «{sentence * 10}انتهى».", f"وقال: «{sentence * 100}انتهى»."
    assert len(sentences(short)) == 1
    assert len(sentences(long)) == 101


def test_marks_without_letters_stay_with_their_sentence():
    assert sentences("انتهى. ***") == ["انتهى. ***"]
    assert sentences("*** . انتهى. نعم.") == ["*** . انتهى.", "نعم."]
    assert sentences("؟ ! …") == ["؟ ! …"]


# Any string


def test_nothing_and_white_space_hold_no_sentence():
    assert split("") == []
    assert split(" \n\t\u00a0\u2028 ") == []


@pytest.mark.parametrize(
    "text",
    [
        "\ud800",
        "نعم. \udfff Inc. \ud800 لا.",
        "\u064b\u064c\u064d",
        "\x00. \x00",
        "\u200f.\u200f",
        "«",
        '"."',
        "﷽",
    ],
)
def test_strange_strings_lose_nothing(text):
    assert_rebuilds(text, split(text))


def test_random_strings_are_rebuilt_from_spans_and_white_space():
    pieces = [
        *'.؟!…،؛:"“”«»()[]{}-–\n\r\t \u00a0\u200f\u200d\u0640\u064b\u0651\x00\ud83d\udc00🎉',
        *[
            "و",
            "د",
            "هـ",
            "في",
            "لا",
            "كلمة",
            "أ.د.",
            "ق.م.",
            "Inc.",
            "U.S.",
            "3.5",
            "٣٫٥",
            "1. ",
            "وقال",
            "a@b.co",
        ],
        "https://a.b/c?d",
    ]
    rng = random.Random(2)
    for _ in range(1500):
        text = "".join(rng.choices(pieces, k=rng.randrange(40)))
        assert_rebuilds(text, split(text))
        limit = rng.randrange(1, 8)
        pieces_of_it = resplit(text, limit, lambda piece: (len(piece) + 2) // 3)
        assert_rebuilds(text, pieces_of_it)
        assert all((end - start + 2) // 3 <= limit for start, end in pieces_of_it)


@pytest.mark.parametrize("piece", ["كلمة ", "ك", "a"])
def test_a_line_of_five_megabytes_is_split(piece):
    text = piece * (5_000_000 // len(piece.encode()))
    assert_rebuilds(text, split(text))


@pytest.mark.parametrize("piece", ["كلمة أخرى. ", "كك؟", '"كك. ', "«", "! ", "www.", ".) ", "ك.", "\n"])
def test_a_long_line_of_marks_is_split(piece):
    """Where time grew with the square of the length, these would take hours."""
    text = piece * (200_000 // len(piece))
    assert_rebuilds(text, split(text))


# Sentences too long for a model


def test_a_sentence_that_fits_is_one_piece():
    assert resplit("  جاء الوفد، ثم غادر. ", 5, words) == [(2, 21)]


@pytest.mark.parametrize(
    "pieces",
    [
        ["وصل الوفد مساء أمس؛", "ثم غادر، وعاد في الصباح"],
        ["وصل الوفد الكبير مساء أمس،", "وغادر المدينة في الصباح الباكر"],
        ["وصل الوفد الكبير مساء أمس", "وغادر المدينة في الصباح الباكر"],
        ["تعطل القطار في المحطة الأولى", "بينما كان الركاب نائمين فيه"],
        ["قال إن الطريق مغلق تماما.", "علينا أن ننتظر هنا حتى الغد"],
        ["التقى رئيس الوزراء", "وزير خارجية فرنسا"],
    ],
    ids=["semicolon", "comma", "and", "while", "inner sentence", "a word that begins with waw"],
)
def test_a_long_sentence_is_cut_where_it_hurts_least(pieces):
    sentence = " ".join(pieces)
    limit = words(sentence) - 1
    assert [sentence[start:end] for start, end in resplit(sentence, limit, words)] == pieces


def test_numbers_stay_with_what_they_count():
    sentence = "قرية مدينة بلدة 250 مليون دولار كوخ بيت"
    assert [sentence[i:j] for i, j in resplit(sentence, 6, words)] == [
        "قرية مدينة بلدة 250 مليون",
        "دولار كوخ بيت",
    ]


def test_a_sentence_of_three_thousand_words_becomes_balanced_pieces_with_few_counts():
    rng = random.Random(3)
    sentence = " ".join(rng.choices(["الحكومة", "أعلنت،", "وأضافت", "في", "المدينة؛", "أن", "2024"], k=3000))
    counted = []

    def count(text: str) -> int:
        counted.append(len(text))
        return words(text)

    pieces = resplit(sentence, 60, count)
    lengths = [words(sentence[start:end]) for start, end in pieces]
    assert_rebuilds(sentence, pieces)
    assert max(lengths) <= 60
    assert min(lengths) >= 12
    assert len(pieces) <= 3 * 3000 / 60
    assert len(counted) <= 3 * len(pieces)
    assert sum(counted) <= 4 * len(sentence)


def test_a_word_longer_than_the_limit_is_cut_without_breaking_a_character_or_a_number():
    word = "كَلِمَة12345" * 40
    pieces = [word[start:end] for start, end in resplit(word, 50, len)]
    assert "".join(pieces) == word
    assert max(map(len, pieces)) <= 50
    assert not any(piece[0] in "َِ" for piece in pieces)
    assert not any(before[-1].isdecimal() and after[0].isdecimal() for before, after in pairwise(pieces))


def test_an_address_that_fits_is_not_cut_though_its_neighbours_are():
    address = "https://example.com/" + "a1-" * 10
    sentence = f"{'كلمة ' * 20}{address}{' كلمة' * 20}"
    assert address in [part for i, j in resplit(sentence, 60, len) for part in sentence[i:j].split()]


def test_a_character_that_exceeds_the_limit_stays_whole():
    assert resplit("ab", 1, lambda text: len(text) * 3) == [(0, 1), (1, 2)]


def test_a_limit_that_nothing_can_meet_is_bad_input():
    with pytest.raises(BadInput, match="at least 1"):
        resplit("نعم", 0, len)


def test_the_cells_of_a_row_are_apart_and_one_tab_parts_nothing():
    row = "الدولار الأمريكي\t50.55\t+0.12%"
    assert [row[a:b] for a, b in split(row)] == ["الدولار الأمريكي", "50.55", "+0.12%"]
    assert len(split("1.\tالنص الأول")) == 1


@pytest.mark.parametrize("text", ["## 1. التثبيت", "وكان المتهم الأول «س.ح.» قد سبق اتهامه في قضايا."])
def test_numbers_of_headings_and_quoted_initials_end_nothing(text):
    assert split(text) == [(0, len(text))]


def test_the_marks_of_notes_stay_with_the_sentence_that_they_follow():
    text = "من أكثر المشروبات استهلاكا في العالم.[2][3] ظهرت القهوة في اليمن.[4]"
    assert [text[a:b] for a, b in split(text)] == [
        "من أكثر المشروبات استهلاكا في العالم.[2][3]",
        "ظهرت القهوة في اليمن.[4]",
    ]
