"""Ten planted faults, each found by its own kind in a good translation, and nothing before."""

from dataclasses import replace

import pytest

from eval.findings import Finding, Kind, Line, findings, sentences

# Source, reference, and another good translation of it.
STORY = [
    Line(
        "أعلن رئيس الوزراء فوميو كيشيدا يوم الأربعاء أن اليابان ستنفق 250 مليون دولار على المشروع.",
        "Prime Minister Fumio Kishida announced on Wednesday that Japan would spend 250 million dollars on the "
        "project.",
        "On Wednesday, Prime Minister Fumio Kishida said that Japan will spend $250 million on the project.",
    ),
    Line(
        "وقال «لن نتراجع عن هذا القرار» ثم غادر القاعة.",
        'He said, "We will not retreat from this decision," and then left the hall.',
        'He said "we will not go back on this decision" and left the hall.',
    ),
    Line(
        "ورحب مارك روته بالقرار. وأضاف أن الحلف سيرسل وفدا إلى طوكيو.",
        "Mark Rutte welcomed the decision. He added that the alliance would send a delegation to Tokyo.",
        "Mark Rutte welcomed the decision. The alliance will send a delegation to Tokyo, he added.",
    ),
    Line(
        "وتعارض بكين هذا التعاون العسكري في المحيط الهادئ.",
        "Beijing opposes this military cooperation in the Pacific.",
        "Beijing is against such military cooperation in the Pacific.",
    ),
    Line(
        "ومن المقرر أن تبدأ المحادثات في شهر سبتمبر بحضور خبراء من أستراليا.",
        "The talks are due to begin in September in the presence of experts from Australia.",
        "Talks are scheduled to start in September, attended by experts from Australia.",
    ),
]


def planted(number: int, text: str) -> list[list[Finding]]:
    return findings([replace(line, hypothesis=text) if n == number else line for n, line in enumerate(STORY)])


def test_good_translations_have_no_findings() -> None:
    assert findings(STORY) == [[]] * len(STORY)
    assert findings([replace(line, hypothesis=line.reference) for line in STORY]) == [[]] * len(STORY)


@pytest.mark.parametrize(
    ("kind", "number", "old", "new", "words"),
    [
        (Kind.NUMBER, 0, "$250 million", "$350 million", "250"),
        (Kind.NAME, 0, "Fumio Kishida", "Fumio Suga", "Kishida (كيشيدا) is missing"),
        (Kind.NAME, 0, "Japan", "China", "China is in nothing"),
        (Kind.DROPPED, 2, " The alliance will send a delegation to Tokyo, he added.", "", "delegation"),
        (Kind.REPETITION, 2, "decision.", "decision. Mark Rutte welcomed the decision.", "repeats"),
        (Kind.ARABIC_LEFT, 3, "military cooperation", "التعاون العسكري", "التعاون"),
        (Kind.QUOTATION, 1, 'decision"', "decision", "no partner"),
        (Kind.CASE, 3, "Pacific", "pacific", "Pacific is written pacific"),
        (Kind.NEGATION, 1, "will not go back", "will go back", "negates"),
        (Kind.EXTRA, 3, "Pacific.", "Pacific. Several fishing boats sank near the coast.", "fishing boats"),
    ],
)
def test_a_planted_fault_is_named(kind: Kind, number: int, old: str, new: str, words: str) -> None:
    hypothesis = STORY[number].hypothesis
    assert old in hypothesis
    found = planted(number, hypothesis.replace(old, new))
    assert [f for f in found[number] if f.kind is kind and words in f.text], found[number]
    assert not any(some for n, some in enumerate(found) if n != number)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (
            0,
            "On Wednesday, prime minister Fumio Kishida said that Japan will spend $250 million on the project.",
        ),
        (
            0,
            "On Wednesday, Prime Minister Fomio Qishida said that Japan will spend $250 million on the project.",
        ),
        (2, "Mark Rutte welcomed the Decision. The Alliance will send a Delegation to Tokyo, he added."),
        (4, "Talks are to start in September, attended by Australian experts."),
    ],
)
def test_titles_in_small_letters_other_spellings_and_adjectives_are_no_faults(number: int, text: str) -> None:
    assert planted(number, text)[number] == []


def test_a_name_that_nothing_in_the_source_means_or_sounds_like_is_strange() -> None:
    found = planted(
        4, "Talks in Hamburg are scheduled to start in September, attended by experts from Australia."
    )
    assert [f.text for f in found[4]] == ["Hamburg is in nothing that was to be translated."]


def test_a_line_left_in_arabic_is_untranslated() -> None:
    assert [f.kind for f in planted(3, STORY[3].source or "")[3]] == [Kind.UNTRANSLATED]


def test_a_dropped_line_is_empty() -> None:
    assert [f.kind for f in planted(3, " ")[3]] == [Kind.EMPTY]


def test_a_doubled_line_is_found_against_its_neighbour() -> None:
    assert Kind.DOUBLED in {f.kind for f in planted(4, STORY[3].hypothesis)[4]}


def test_all_capitals_and_no_capitals_are_faults_of_case() -> None:
    assert Kind.CASE in {f.kind for f in planted(4, STORY[4].hypothesis.upper())[4]}
    assert Kind.CASE in {f.kind for f in planted(4, STORY[4].hypothesis.lower())[4]}


def test_two_exchanged_sentences_are_both_named() -> None:
    third, fourth = STORY[3], STORY[4]
    swapped = [
        *STORY[:3],
        replace(third, hypothesis=fourth.hypothesis),
        replace(fourth, hypothesis=third.hypothesis),
    ]
    found = findings(swapped)
    assert [Kind.EXCHANGED in {f.kind for f in some} for some in found] == [False, False, False, True, True]


def test_two_exchanged_sentences_within_a_line_are_named() -> None:
    found = planted(
        2, "The alliance will send a delegation to Tokyo, he added. Mark Rutte welcomed the decision."
    )
    assert [f.kind for f in found[2]] == [Kind.EXCHANGED]
    assert "should stand before" in found[2][0].text


def test_initials_and_titles_end_no_sentence() -> None:
    assert sentences("Mr. Rutte met U.S. Secretary Blinken. He left.") == [
        "Mr. Rutte met U.S. Secretary Blinken.",
        "He left.",
    ]


def test_lines_of_different_documents_are_not_compared() -> None:
    doubled = [STORY[3], replace(STORY[4], hypothesis=STORY[3].hypothesis)]
    kinds = {f.kind for f in findings(doubled, ["one", "two"])[1]}
    assert Kind.DOUBLED not in kinds


def test_without_a_source_numbers_are_those_of_the_reference() -> None:
    line = replace(STORY[0], source=None)
    assert findings([line]) == [[]]
    changed = replace(line, hypothesis=line.hypothesis.replace("250", "20"))
    assert Kind.NUMBER in {f.kind for f in findings([changed])[0]}


def test_a_wrong_word_of_the_same_class_cannot_be_found() -> None:
    """What `BEYOND` says first: it lowers the scores and nothing else."""
    assert planted(0, STORY[0].hypothesis.replace("project", "problem"))[0] == []
