"""Target pieces that a source may call for: which they are, and that translations stay what they were."""

import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training is part of the torch extra")

# ruff: noqa: E402  # torch is asked for before what needs it.
import numpy as np

from translate import load, models, reading
from translate.conversion import SHORTLIST, convert
from translate.errors import ModelDamaged
from translate.training import shortlist

SEEDS = sorted((Path(__file__).resolve().parents[3] / "seeds").glob("*.txt"))


def test_each_piece_has_its_likely_translations_and_itself_and_all_have_the_common_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shortlist, "_COMMON", 2)
    monkeypatch.setattr(shortlist, "_WAYS", 2)
    pieces = ["</s>", "<unk>", "▁the", "▁peace", "▁calm", "▁NATO", "▁سلام", "x", "▁rare"]
    usable = np.array([True, False, True, True, True, True, False, True, True])
    table = torch.zeros(9, 9)
    table[6] = torch.tensor([0, 0, 0.5, 0.2, 0.1, 0.05, 0.1, 0, 0.04])
    counts = np.array([9, 0, 8, 1, 1, 1, 0, 0, 1], float)
    lines = shortlist.make_shortlist(table, counts, usable, pieces, end="</s>").splitlines()
    every, *rest = (line.split("\t") for line in lines)
    assert every[0] == ""
    assert set(every[1].split()) == {"</s>", "▁the", "x"}
    found = {source: targets.split() for source, targets in rest}
    assert found["▁سلام"] == ["▁peace", "▁calm"]
    assert found["▁NATO"] == ["▁NATO"]
    assert "<unk>" not in found
    assert not any("▁سلام" in targets for targets in found.values())


def test_what_new_pairs_need_is_added_to_the_pieces_that_call_for_it_alone() -> None:
    text = "\t</s> ▁the .\n▁شركة\t▁company ▁firm\n▁اتصل\t▁called\n"
    pairs = [
        (["▁اتصل", "▁عميل", "▁شركة"], ["▁the", "▁claim", "ant", "▁called", "▁the", "▁company", "."]),
        (["▁دفع", "▁عميل"], ["▁the", "▁claim", "ant", "▁paid", "."]),
        (["▁اتصل", "▁شركة"], ["▁the", "▁firm", "▁called", "."]),
    ]
    lines = [line.split("\t") for line in shortlist.extended(text, pairs).splitlines()]
    allowed = {source: set(called.split(" ")) for source, called in lines}
    assert allowed[""] == {"</s>", "▁the", "."}
    assert {"▁claim", "ant"} <= allowed["▁عميل"]
    for source, target in pairs:
        assert set(target) <= allowed[""].union(*(allowed.get(piece, set()) for piece in source))
    assert shortlist.extended(text, pairs[2:]) == text


def test_a_mean_may_write_what_any_of_its_models_may() -> None:
    one, two = "\t</s> ▁the\n▁شركة\t▁company\n", "\t</s> .\n▁شركة\t▁firm\n▁عميل\t▁claim\n"
    assert shortlist.merged([one, two]) == "\t</s> ▁the .\n▁شركة\t▁company ▁firm\n▁عميل\t▁claim\n"


def test_what_was_taught_can_be_said_with_the_shortlist_of_the_built_in_model() -> None:
    from translate.tokenizer import END, Tokenizer
    from translate.training.corpus import Pair
    from translate.training.tuning import Own, tuned_shortlist

    base = models.find("builtin", folder=Path("none"))
    arabic = ["اتصل العميل بالشركة أمس.", "دفع العميل المبلغ كاملا."]
    tokenizer, plain = Tokenizer(base), shortlist.shortlist_of(base)
    assert plain
    source = tokenizer.encode(arabic)[0]

    def callable_pieces(text: str) -> set[str]:
        lines = dict(line.split("\t") for line in text.splitlines())
        return {piece for caller in ["", *source] for piece in lines.get(caller, "").split(" ")} - {END}

    every = {piece for line in plain.splitlines() for piece in line.partition("\t")[2].split(" ")}
    words = sorted(
        piece[1:] for piece in every - callable_pieces(plain) if piece[:1] == "▁" and piece[1:].isalpha()
    )
    word = max(words, key=len)
    pairs = [
        Pair(arabic[0], f"The {word} called the company yesterday."),
        Pair(arabic[1], f"The {word} paid the full amount."),
    ]
    tuned = tuned_shortlist(base, Own(pairs, pairs, [], []))
    assert tuned
    target = set(tokenizer.encode_target([pairs[0].target])[0])
    assert target - callable_pieces(plain) == {f"▁{word}"}
    assert target <= callable_pieces(tuned)


def test_the_built_in_model_translates_the_seeds_as_it_does_with_all_pieces() -> None:
    sentences = [s.text for path in SEEDS for s in reading.read(path).segments]
    with_it, without = (
        [t.text for t in load("builtin", beam=1, shortlist=value).translate(sentences)]
        for value in (True, False)
    )
    same = sum(a == b for a, b in zip(with_it, without, strict=True))
    assert same / len(sentences) > 0.9
    assert load("builtin", beam=1)._engine._shortlist  # type: ignore[attr-defined]


def test_what_a_shortlist_leaves_out_does_not_come_out(tmp_path: Path) -> None:
    shutil.copytree(models.find("builtin", folder=tmp_path).folder, tmp_path / "narrow")
    (tmp_path / "narrow/ct2" / SHORTLIST).write_text("\t</s> ▁president ▁The . ▁in\n", "utf-8")
    (text,) = load(str(tmp_path / "narrow")).translate(["وصل الرئيس إلى العاصمة."])
    assert set(text.text.split()) <= {"president", "The", "in", ".", "president.", "in."}
    (whole,) = load(str(tmp_path / "narrow"), shortlist=False).translate(["وصل الرئيس إلى العاصمة."])
    assert "capital" in whole.text


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "beginning"),
        ("garbage", "end"),
        ("\t\n", "line 1"),
        ("\t▁The ▁in\n", "beginning"),
        ("\t</s> ▁The\n▁في\n", "line 2"),
        ("\t</s> ▁The\n▁في\t▁i", "end"),
    ],
)
def test_a_damaged_shortlist_is_named(tmp_path: Path, text: str, where: str) -> None:
    shutil.copytree(models.find("builtin", folder=tmp_path).folder, tmp_path / "model")
    (tmp_path / "model/ct2" / SHORTLIST).write_text(text, "utf-8")
    with pytest.raises(ModelDamaged, match=rf"vmap\.txt is damaged at .*{where}.*or remove"):
        load(str(tmp_path / "model"))


def test_a_conversion_anew_keeps_the_shortlist(tmp_path: Path) -> None:
    shutil.copytree(models.find("builtin", folder=tmp_path).folder, tmp_path / "model")
    before = (tmp_path / "model/ct2" / SHORTLIST).read_bytes()
    convert(tmp_path / "model", tmp_path / "model/ct2", quantization="int16")
    assert (tmp_path / "model/ct2" / SHORTLIST).read_bytes() == before
