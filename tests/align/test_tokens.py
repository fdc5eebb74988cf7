from pathlib import Path

import numpy as np
import pytest

from align.evidence import content, figures
from align.length import ratio, surprise
from align.lexicon import load
from align.names import skeleton, skeletons
from align.tokens import arabic_form, arabic_key, english_key, strippings, unglue, words
from translate.errors import BadInput


def test_marks_and_shapes_of_letters_are_forgotten() -> None:
    assert arabic_form("الرئيسُ") == arabic_form("الرييس")
    assert arabic_form("إلى") == "الي"


def test_a_word_is_reduced_to_its_commonest_stripping_only() -> None:
    counts = {"قال": 900, "وقال": 300, "والد": 40, "الد": 1}
    assert arabic_key("وقال", counts) == "قال"
    assert arabic_key("والد", counts) == "والد"


def test_the_article_comes_back_when_it_was_fused_with_l() -> None:
    assert "الامم" in strippings("للامم")


def test_at_least_three_letters_remain() -> None:
    assert strippings("بلد") == []


def test_words_typed_without_spaces_are_taken_apart() -> None:
    assert unglue("قالالرييس", {"قال": 900, "الرييس": 50}) == ["قال", "الرييس"]
    assert unglue("الرييس", {"قال": 900, "الرييس": 50}) == ["الرييس"]


def test_offsets_point_into_the_text_as_it_was_given() -> None:
    text = "قال الرئيسُ: 41٪ من AUKUS’s $5"
    found = [text[word.start : word.end] for word in words(text)]
    assert found == ["قال", "الرئيسُ", "41", "من", "AUKUS", "s", "$", "5"]


def test_inflection_lies_behind_the_first_letters_of_an_english_word() -> None:
    assert english_key("negotiating") == english_key("negotiations")
    assert english_key("u.s.") == "us"


@pytest.mark.parametrize(
    ("arabic", "english"),
    [("كيشيدا", "Kishida"), ("شولمان", "Schulman"), ("ستولتنبرغ", "Stoltenberg"), ("باتالانو", "Patalano")],
)
def test_names_have_one_skeleton_in_both_scripts(arabic: str, english: str) -> None:
    assert skeleton(arabic) == skeleton(english)


def test_a_name_is_found_behind_a_preposition_but_other_names_are_not() -> None:
    assert skeletons("بكيشيدا") & skeletons("Kishida")
    assert not skeletons("كيشيدا") & skeletons("Zelenskyy")


def test_the_shipped_lexicon_knows_the_news() -> None:
    lexicon = load()
    assert lexicon.renderings("اليابان")[0][0] == "japan"
    assert "govern" in {key for key, _ in lexicon.renderings("الحكومه")[:2]}
    assert lexicon.renderings("زوغدينوف") == []


def test_what_is_no_lexicon_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not a lexicon"):
        load(tmp_path / "none.npz")


def test_numbers_agree_across_ways_of_writing_them() -> None:
    pair, values = figures(["٢٥٠ مليون دولار في 2019"], ["$250 million in 2019"])
    assert set(values) == {"250,000,000", "2019"}
    assert set(pair.source.key) == set(pair.target.key)


def test_a_word_that_every_sentence_has_weighs_less_than_a_rare_one() -> None:
    pair = content(["قال الوزير", "قال كيشيدا"], ["said the minister", "said Kishida"], load())
    weights = dict(zip(pair.target.key.tolist(), pair.target.weight.tolist(), strict=True))
    lexicon = load()
    assert weights[lexicon.target_ids["said"]] < weights[lexicon.target_ids["kishid"]]


def test_lengths_that_fit_surprise_nobody() -> None:
    delta = surprise(np.array([100.0, 100.0, 100.0]), np.array([110.0, 220.0, 10.0]), 1.1)
    assert delta[0] == pytest.approx(0)
    assert delta[1] > 3
    assert delta[2] < -3


def test_the_ratio_of_short_texts_stays_near_the_typical_one() -> None:
    assert ratio(np.array([10.0]), np.array([40.0])) == pytest.approx(1.17, abs=0.02)
    assert ratio(np.array([1e6]), np.array([1.3e6])) == pytest.approx(1.3, abs=0.01)
