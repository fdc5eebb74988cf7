"""Alignment of whole texts with the shipped lexicon and weights."""

import re
from pathlib import Path

import pytest

from align.aligner import align
from align.bead import Bead, ParallelText, from_lines, split_lines
from align.formats.plain import read_ladder
from align.weights import Mode
from eval.alignment import compare, total
from translate.errors import BadInput
from translate.text import Article

ARABIC = [
    "وصل رئيس الوزراء الياباني فوميو كيشيدا إلى واشنطن يوم الخميس في زيارة رسمية تستمر ثلاثة أيام.",
    "ومن المقرر أن يلتقي الرئيس الأمريكي في البيت الأبيض، وسيبحثان التعاون الدفاعي.",
    "وقعت الحكومة الأسترالية اتفاقا بقيمة 250 مليون دولار مع نيوزيلندا.",
    "اشترك في نشرتنا البريدية.",
    "وقالت وزارة الخارجية الصينية إن ذلك يضر بالسلام في المنطقة.",
]
ENGLISH = [
    "Japanese Prime Minister Fumio Kishida arrived in Washington on Thursday for a three-day official visit.",
    "He is due to meet the US president at the White House.",
    "They will discuss defense cooperation.",
    "The Australian government signed a $250 million agreement with New Zealand.",
    "The Chinese foreign ministry said that this harms peace in the region.",
]
DEV = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "dev" / "align-ntrex-dev"


def aligned(
    arabic: list[str], english: list[str], mode: Mode | None = None, pins: tuple[Bead, ...] = ()
) -> ParallelText:
    return align(from_lines(arabic, language="ar"), from_lines(english, language="en"), mode=mode, pins=pins)


def ladder(text: ParallelText) -> list[tuple[list[int], list[int]]]:
    return [(list(bead.source), list(bead.target)) for bead in text.beads]


def test_a_split_sentence_and_an_omission_are_found() -> None:
    expected = [([0], [0]), ([1], [1, 2]), ([2], [3]), ([3], []), ([4], [4])]
    assert ladder(aligned(ARABIC, ENGLISH)) == expected


def test_our_own_translation_is_evidence_as_well() -> None:
    made = ["Kishida arrived in Washington.", "He meets the president and discusses defense cooperation."]
    made += [
        "Australia signed an agreement with New Zealand.",
        "Subscribe to our newsletter.",
        "China said it harms peace.",
    ]
    source, target = from_lines(ARABIC, language="ar"), from_lines(ENGLISH, language="en")
    assert ladder(align(source, target, translations=made)) == ladder(aligned(ARABIC, ENGLISH))


def test_mode_mt_without_translations_says_what_to_do() -> None:
    with pytest.raises(BadInput, match="5 wanted, none given"):
        aligned(ARABIC, ENGLISH, Mode.MT)


def test_a_null_says_that_nothing_is_there() -> None:
    (null,) = [bead for bead in aligned(ARABIC, ENGLISH).beads if bead.is_null]
    assert null.reasons == ("nothing in English for this sentence",)


def test_a_number_that_is_missing_is_named() -> None:
    english = [*ENGLISH[:3], "The Australian government signed an agreement with New Zealand.", ENGLISH[4]]
    bead = aligned(ARABIC, english).beads[2]
    assert "250,000,000 is missing" in bead.reasons


def test_a_pin_is_kept_and_the_rest_aligned_around_it() -> None:
    """A pin of a size that the search never takes: five against two."""
    pin = Bead(range(4), range(3))
    text = aligned(ARABIC, ENGLISH, pins=(pin,))
    assert ladder(text)[0] == ([0, 1, 2, 3], [0, 1, 2])
    assert text.beads[0].pinned
    assert text.beads[0].confidence == 1.0
    assert sum(len(bead.target) for bead in text.beads[1:]) == 2


def test_a_pinned_omission_stays_one_wherever_its_neighbours_go() -> None:
    text = aligned(ARABIC, ENGLISH, pins=(Bead(range(2, 3), range(0)),))
    (bead,) = [bead for bead in text.beads if 2 in bead.source]
    assert bead.is_null
    assert bead.pinned


def test_pins_that_cross_are_refused() -> None:
    with pytest.raises(BadInput, match="cross or overlap"):
        aligned(ARABIC, ENGLISH, pins=(Bead(range(1), range(2, 3)), Bead(range(1, 2), range(1))))


def test_pins_outside_the_texts_are_refused() -> None:
    with pytest.raises(BadInput, match="reaches sentence 9"):
        aligned(ARABIC, ENGLISH, pins=(Bead(range(8, 9), range(1)),))


def test_pinning_the_answer_changes_nothing() -> None:
    free = aligned(ARABIC, ENGLISH)
    assert ladder(aligned(ARABIC, ENGLISH, pins=free.beads)) == ladder(free)


def test_an_empty_side_leaves_omissions_only() -> None:
    assert ladder(aligned(ARABIC[:2], [])) == [([0], []), ([1], [])]
    assert ladder(aligned([], [])) == []


def test_one_sentence_against_a_thousand_still_covers_both() -> None:
    text = aligned(ARABIC[:1], ENGLISH[:1] + ["Nothing of the kind happened on that day."] * 999)
    assert text.beads[0].target.start == 0
    assert text.beads[-1].target.stop == 1000


def test_unrelated_texts_are_aligned_with_low_confidence_and_a_note() -> None:
    english = [
        "The recipe calls for two onions.",
        "Chop them finely.",
        "Fry until golden.",
        "Serve with bread.",
    ]
    text = aligned(ARABIC, english)
    assert "hardly a word in common" in text.notes[0]
    assert (text.confidence or 0) < 0.5


def test_swapped_sides_are_noticed_and_aligned_all_the_same() -> None:
    text = aligned(ENGLISH, ARABIC)
    assert "look swapped" in text.notes[0]
    assert [(target, source) for source, target in ladder(text)] == ladder(aligned(ARABIC, ENGLISH))


def test_swapped_sides_carry_the_language_that_they_are_in() -> None:
    text = aligned(ENGLISH, ARABIC)
    assert (text.source.language, text.target.language) == ("en", "ar")


def test_swapped_sides_that_say_their_language_keep_it() -> None:
    text = align(from_lines(ENGLISH, language="en"), from_lines(ARABIC, language="ar"))
    assert (text.source.language, text.target.language) == ("en", "ar")


def test_other_languages_are_aligned_by_what_is_left() -> None:
    french = [
        "Le Premier ministre japonais Fumio Kishida est arrivé jeudi à Washington pour une visite.",
        "Il doit rencontrer le président américain à la Maison Blanche et discuter de défense.",
        "L'Australie a signé un accord de 250 millions de dollars.",
    ]
    assert len(aligned(french, ENGLISH).beads) >= 3


def test_a_line_of_ten_megabytes_is_one_sentence() -> None:
    text = aligned(["كلمة " * 1_000_000], ["word " * 2_000_000], Mode.LEXICAL)
    assert ladder(text) == [([0], [0])]


def test_sides_without_letters_are_aligned() -> None:
    assert len(aligned(["…", "***"], ["...", "* * *"]).beads) == 2


def test_confidence_is_a_probability() -> None:
    for mode in (Mode.LENGTH, Mode.LEXICAL):
        assert all(0 <= (bead.confidence or 0) <= 1 for bead in aligned(ARABIC, ENGLISH, mode).beads)


def documents() -> list[tuple[Article, Article, tuple[Bead, ...]]]:
    def article(path: Path, language: str) -> Article:
        return from_lines(split_lines(path.read_text(encoding="utf-8")), language=language)

    return [
        (
            article(gold.with_suffix(".ar"), "ar"),
            article(gold.with_suffix(".en"), "en"),
            read_ladder(gold.read_text(encoding="utf-8")),
        )
        for gold in sorted(DEV.glob("*.gold"))
    ]


@pytest.mark.skipif(not DEV.exists(), reason="the development sets are not here")
def test_the_development_documents_are_aligned_as_well_as_they_were() -> None:
    """The weights were fitted to these; cross-validated by document the F1 is .976."""
    scores = total(compare(gold, align(source, target).beads) for source, target, gold in documents())
    assert scores.strict.f1 > 0.97
    assert scores.nulls.precision > 0.85
    assert scores.nulls.recall > 0.85


def test_reasons_give_the_length_as_a_factor() -> None:
    english = [" ".join(ENGLISH[:1] * 4), *ENGLISH[1:]]
    (reason,) = aligned(ARABIC, english, pins=(Bead(range(1), range(1)),)).beads[0].reasons
    assert re.fullmatch(r"length 2\.\d×", reason)
