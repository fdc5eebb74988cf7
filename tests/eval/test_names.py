import pytest

from eval.names import Name, Verdict, lowered, pair_names, spellings, verdict


def test_names_are_paired_by_their_sound_through_arabic_clitics() -> None:
    found = pair_names("التقى كيشيدا بستولتنبرغ في واشنطن", "Kishida met Stoltenberg in Washington.")
    assert [(name.source, name.target) for name in found] == [
        ("كيشيدا", "Kishida"),
        ("بستولتنبرغ", "Stoltenberg"),
    ]


def test_a_common_word_is_no_name_however_it_sounds() -> None:
    assert pair_names("جاء من بعيد منذ الاثنين", "He came from afar, by Moon light, on Monday.") == ()


@pytest.mark.parametrize(
    ("hypothesis", "expected"),
    [
        ("Prime Minister Kishida spoke.", Verdict.EXACT),
        ("Prime Minister Kishida's speech.", Verdict.EXACT),
        ("Prime Minister Qishida spoke.", Verdict.CLOSE),
        ("Prime Minister Suga spoke.", Verdict.MISSING),
        ("", Verdict.MISSING),
    ],
)
def test_a_name_is_exact_or_close_or_missing(hypothesis: str, expected: Verdict) -> None:
    assert verdict(Name("كيشيدا", "Kishida"), hypothesis) is expected


def test_two_spellings_of_one_name_in_a_document_are_inconsistent() -> None:
    lines = [
        ("قال كيشيدا", "Kishida said", "Kishida said"),
        ("غادر كيشيدا", "Kishida left", "Qishida left"),
        ("عاد كيشيدا", "Kishida returned", "kishida returned"),
    ]
    assert spellings(lines) == {"كيشيدا": {"Kishida": 2, "Qishida": 1}}
    assert spellings(lines[::2]) == {}


def test_an_adjective_is_no_other_spelling() -> None:
    lines = [
        ("زار أستراليا", "He visited Australia", "He visited Australia"),
        ("حكومة أستراليا", "The government of Australia", "The Australian government"),
    ]
    assert spellings(lines) == {}


def test_another_name_of_the_line_is_no_spelling_and_capitals_no_difference() -> None:
    lines = [
        ("دعم أوكرانيا", "Support for Ukraine", "Support for Ukraine"),
        ("دعم أوكرانيا من ألمانيا", "Germany's support for Ukraine", "Support from Germany"),
        ("في أوكرانيا", "In Ukraine", "In UKRAINE"),
    ]
    assert spellings(lines) == {}


def test_a_name_without_its_capital_is_found_by_its_sound() -> None:
    assert lowered(Name("روته", "Rutte"), "after talks with rute in Tokyo") == "rute"
    assert lowered(Name("الفلوجة", "Fallujah"), "would not launch in the fluid") is None
