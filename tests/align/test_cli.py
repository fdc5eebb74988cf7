import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from align.cli import align
from eval.alignment_cli import align_eval
from translate.errors import BadInput

ARABIC = """وصل رئيس الوزراء الياباني كيشيدا إلى واشنطن يوم الخميس.
اشترك في نشرتنا البريدية.
وقالت الصين إن ذلك يضر بالسلام.
"""
ENGLISH = """Japanese Prime Minister Kishida arrived in Washington on Thursday.
China said that this harms peace.
"""
EXPECTED = "[0]:[0]\n[1]:[]\n[2]:[1]\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "a.ar").write_text(ARABIC, encoding="utf-8")
    (tmp_path / "a.en").write_text(ENGLISH, encoding="utf-8")
    return str(tmp_path / "a.ar"), str(tmp_path / "a.en")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(align, [*arguments, "--mode", "lexical"], catch_exceptions=False)


def test_presplit_files_give_a_ladder(files: tuple[str, str]) -> None:
    assert run("--presplit", "--format", "ladder", *files).stdout == EXPECTED


def test_texts_are_split_by_us_without_presplit(tmp_path: Path, files: tuple[str, str]) -> None:
    (tmp_path / "b.en").write_text(ENGLISH.replace("\n", " "), encoding="utf-8")
    assert run("--format", "ladder", files[0], str(tmp_path / "b.en")).stdout == EXPECTED


def test_a_table_is_the_default(files: tuple[str, str]) -> None:
    lines = run("--presplit", *files).stdout.splitlines()
    assert lines[0].split("\t")[:2] == ["source", "target"]
    assert "nothing in English for this sentence" in lines[2]


def test_swapped_files_are_tagged_with_the_languages_they_are_in(files: tuple[str, str]) -> None:
    result = run("--presplit", "--format", "tmx", *reversed(files))
    assert "look swapped" in result.stderr
    assert '<tuv xml:lang="ar">\n        <seg>اشترك' in result.stdout
    assert '<tuv xml:lang="en">\n        <seg>China' in result.stdout


def test_words_are_linked_on_request(files: tuple[str, str]) -> None:
    text = json.loads(run("--presplit", "--words", "--format", "json", *files).stdout)
    words = {(text["source"]["body"][a:b], text["target"]["body"][c:d]) for a, b, c, d, _ in text["links"]}
    assert ("واشنطن", "Washington") in words


def test_moses_pairs_are_two_files_and_say_what_they_lack(tmp_path: Path, files: tuple[str, str]) -> None:
    result = run("--presplit", "--format", "moses", "-o", str(tmp_path / "out"), *files)
    assert (tmp_path / "out.ar").read_text(encoding="utf-8").count("\n") == 2
    assert (tmp_path / "out.en").read_text(encoding="utf-8") == ENGLISH
    assert "1 sentences have no counterpart" in result.stderr


def test_folders_are_paired_by_name_and_the_rest_is_named(tmp_path: Path) -> None:
    for folder, text in (("ar", ARABIC), ("en", ENGLISH)):
        (tmp_path / folder).mkdir()
        for number in range(9):
            (tmp_path / folder / f"{number}.{folder}.txt").write_text(text, encoding="utf-8")
    (tmp_path / "ar" / "alone.txt").write_text(ARABIC, encoding="utf-8")
    out = tmp_path / "out"
    result = run(
        "--presplit", "--format", "ladder", "-o", str(out), str(tmp_path / "ar"), str(tmp_path / "en")
    )
    assert sorted(path.name for path in out.iterdir()) == [f"{number}.ladder" for number in range(9)]
    assert (out / "7.ladder").read_text() == EXPECTED
    assert "'alone' of" in result.stderr


def test_folders_need_somewhere_to_write(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARABIC, encoding="utf-8")
    assert "-o" in run(str(tmp_path), str(tmp_path)).stderr


def folder_of(folder: Path, **files: str) -> str:
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name.replace('_', '.')}.txt").write_text(text, encoding="utf-8")
    return str(folder)


def test_one_folder_may_hold_both_sides(tmp_path: Path) -> None:
    mix = folder_of(tmp_path / "mix", a_ar=ARABIC, a_en=ENGLISH, b=ARABIC, b_en=ENGLISH, c_ar=ARABIC)
    result = run("--presplit", "--format", "ladder", "-o", str(tmp_path / "out"), mix, mix)
    made = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert made == {"a.ladder": EXPECTED, "b.ladder": EXPECTED}
    assert "'c' of" in result.stderr


def test_two_files_of_one_name_and_side_are_refused(tmp_path: Path) -> None:
    arabic = folder_of(tmp_path / "ar", a=ARABIC, a_ar=ARABIC)
    english = folder_of(tmp_path / "en", a_en=ENGLISH)
    with pytest.raises(BadInput, match=r"a\.ar\.txt.*a\.txt"):
        run("--presplit", "-o", str(tmp_path / "out"), arabic, english)


@pytest.mark.parametrize("count", [3, 9], ids=["one after the other", "in several processes"])
def test_a_file_that_is_not_text_is_named_and_the_others_are_aligned(tmp_path: Path, count: int) -> None:
    names = [f"{number}_ar" for number in range(count)]
    arabic = folder_of(tmp_path / "ar", **dict.fromkeys(names, ARABIC))
    english = folder_of(tmp_path / "en", **dict.fromkeys(names, ENGLISH))
    (tmp_path / "ar" / "1.ar.txt").write_bytes(ARABIC.encode() + b"\xff")
    result = run("--presplit", "--format", "ladder", "-o", str(tmp_path / "out"), arabic, english)
    assert result.exit_code == 1
    assert "1.ar.txt: " in result.stderr
    assert "byte offset" in result.stderr
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert made == {f"{number}.ladder" for number in range(count)} - {"1.ladder"}


def test_a_lexicon_that_is_none_is_refused_once_for_all(tmp_path: Path) -> None:
    mix = folder_of(tmp_path / "mix", a_ar=ARABIC, a_en=ENGLISH, b_ar=ARABIC, b_en=ENGLISH)
    (tmp_path / "broken.npz").write_text("لا شيء", encoding="utf-8")
    with pytest.raises(BadInput, match="not a lexicon"):
        run("--lexicon", str(tmp_path / "broken.npz"), "-o", str(tmp_path / "out"), mix, mix)


def test_an_empty_presplit_side_leaves_omissions(tmp_path: Path, files: tuple[str, str]) -> None:
    (tmp_path / "empty").write_text("", encoding="utf-8")
    result = run("--presplit", "--format", "ladder", files[0], str(tmp_path / "empty"))
    assert result.stdout == "[0]:[]\n[1]:[]\n[2]:[]\n"


def test_a_missing_file_is_named(tmp_path: Path, files: tuple[str, str]) -> None:
    for presplit in (["--presplit"], []):
        with pytest.raises(BadInput, match="missing"):
            run(*presplit, files[0], str(tmp_path / "missing"))


def test_a_file_and_a_folder_do_not_go_together(tmp_path: Path, files: tuple[str, str]) -> None:
    with pytest.raises(BadInput, match="one is a folder"):
        run(files[0], str(tmp_path))


def test_help_names_every_format_and_mode() -> None:
    text = CliRunner().invoke(align, ["--help"]).stdout
    for word in ("ladder", "tmx", "xliff2", "lexical", "--presplit", "--words", "--clitics"):
        assert word in text


def test_places_that_cannot_be_written_are_refused_before_the_work(
    tmp_path: Path, files: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("align.cli.run", lambda *_: pytest.fail("aligned all the same"))
    mix = folder_of(tmp_path / "mix", a_ar=ARABIC, a_en=ENGLISH)
    for wrong, said in (
        ([*files, "-o", mix], "is a folder"),
        ([*files, "-o", "/proc/x/y.tsv"], "Cannot write"),
        ([*files, "-o", f"{files[0]}/y.tsv"], "Cannot write"),
        ([mix, mix, "-o", files[1]], "Cannot write"),
        ([*files, "-o", files[1]], "would be lost"),
        ([*files, "--format", "moses", "-o", str(tmp_path / "a")], "would be lost"),
        ([*files, "--format", "moses", "-o", "."], "is a folder"),
    ):
        with pytest.raises(BadInput, match=said):
            run("--presplit", *wrong)


def learned(folder: Path, pairs: bytes, output: str = "own.npz") -> Result:
    (folder / "pairs.tsv").write_bytes(pairs)
    arguments = ["learn", str(folder / "pairs.tsv"), "-o", str(folder / output)]
    return CliRunner().invoke(align, arguments, catch_exceptions=False)


@pytest.mark.parametrize(
    "pairs", ["", "كتاب كبير\tbig book\n", "big book\tكتاب كبير\nbig house\tبيت كبير\n"],
    ids=["nothing", "one pair", "columns exchanged"],
)  # fmt: skip
def test_pairs_that_teach_nothing_are_refused(tmp_path: Path, pairs: str) -> None:
    with pytest.raises(BadInput, match="is Arabic in the first column"):
        learned(tmp_path, pairs.encode())


def test_pairs_that_are_not_text_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"pairs\.tsv: .*damaged at byte offset"):
        learned(tmp_path, ("كتاب كبير\tbig book\n" * 3).encode() + b"\xff\n")


def test_a_learned_lexicon_has_the_name_that_was_asked_for(tmp_path: Path) -> None:
    from align.lexicon import load

    learned(tmp_path, "كتاب كبير\tbig book\nكتاب صغير\tsmall book\nبيت كبير\tbig house\n".encode(), "new/own")
    assert load(tmp_path / "new" / "own").renderings("كتاب")[0][0] == "book"


def test_a_lexicon_is_not_learned_for_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Cannot write"):
        learned(tmp_path, "كتاب\tbook\n".encode() * 3, "pairs.tsv/own.npz")
    with pytest.raises(BadInput, match="would be lost"):
        learned(tmp_path, "كتاب\tbook\n".encode() * 3, "pairs.tsv")


def test_a_lexicon_is_learned_from_pairs_and_used(tmp_path: Path) -> None:
    from align.lexicon import load

    pairs = "ضظغ\tzork\nضظغ كبير\tbig zork\nضظغ صغير\tsmall zork\nكتاب كبير\tbig book\n"
    (tmp_path / "pairs.tsv").write_text(pairs, encoding="utf-8")
    own = str(tmp_path / "own.npz")
    result = CliRunner().invoke(align, ["learn", str(tmp_path / "pairs.tsv"), "-o", own])
    assert result.exit_code == 0, result.output
    assert load(tmp_path / "own.npz").renderings("ضظغ")[0][0] == "zork"
    (tmp_path / "a.ar").write_text("ضظغ\nكتاب\n", encoding="utf-8")
    (tmp_path / "a.en").write_text("zork\nbook\n", encoding="utf-8")
    files = str(tmp_path / "a.ar"), str(tmp_path / "a.en")
    assert run("--presplit", "--format", "ladder", "--lexicon", own, *files).stdout == "[0]:[0]\n[1]:[1]\n"


def test_weights_are_learned_from_gold_and_used(tmp_path: Path, files: tuple[str, str]) -> None:
    from align.weights import Mode, load

    (tmp_path / "a.gold").write_text(EXPECTED, encoding="utf-8")
    own = tmp_path / "own.json"
    result = CliRunner().invoke(align, ["learn", "--gold", str(tmp_path), "-o", str(own)])
    assert result.exit_code == 0, result.output
    assert load(own)[Mode.LEXICAL] != load()[Mode.LEXICAL]
    assert load(own)[Mode.MT] == load()[Mode.MT]
    assert run("--presplit", "--format", "ladder", "--weights", str(own), *files).stdout == EXPECTED


@pytest.mark.usefixtures("files")
def test_gold_that_does_not_fit_its_texts_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.gold").write_text("[0]:[0]\n", encoding="utf-8")
    with pytest.raises(
        BadInput, match=r"a\.gold: The beads cover 1 source and 1 target sentences of 3 and 2"
    ):
        CliRunner().invoke(
            align, ["learn", "--gold", str(tmp_path), "-o", str(tmp_path / "x")], catch_exceptions=False
        )


def test_weights_that_are_none_are_refused(tmp_path: Path, files: tuple[str, str]) -> None:
    (tmp_path / "broken.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(BadInput, match="holds no weights"):
        run("--presplit", "--weights", str(tmp_path / "broken.json"), *files)


def test_learn_is_a_command_under_align_for_the_whole_program_too() -> None:
    from muwazi import main

    text = CliRunner().invoke(main, ["align", "learn", "--help"]).stdout
    assert "align learn" in text
    assert "--gold" in text


def test_eval_of_an_alignment_with_itself_is_perfect(tmp_path: Path) -> None:
    (tmp_path / "a.ladder").write_text(EXPECTED)
    result = CliRunner().invoke(align_eval, [str(tmp_path / "a.ladder"), str(tmp_path / "a.ladder")])
    assert "strict      1.000  1.000  1.000   1.000–1.000" in result.stdout


def test_eval_of_folders_names_a_document_that_was_not_aligned(tmp_path: Path) -> None:
    (tmp_path / "gold").mkdir()
    (tmp_path / "made").mkdir()
    (tmp_path / "gold" / "x.gold").write_text(EXPECTED)
    result = CliRunner().invoke(align_eval, [str(tmp_path / "gold"), str(tmp_path / "made")])
    assert isinstance(result.exception, BadInput)
    assert "lacks 1 of the 1 gold documents" in str(result.exception)


def test_eval_of_word_links(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text('{"links": [[0, 3, 0, 4], [4, 8, 5, 9]]}\n')
    (tmp_path / "made.jsonl").write_text('{"links": [[0, 3, 0, 4]]}\n')
    result = CliRunner().invoke(
        align_eval, ["--words", str(tmp_path / "gold.jsonl"), str(tmp_path / "made.jsonl")]
    )
    assert "P 1.000  R 0.500  F1 0.667  AER 0.333" in result.stdout


@pytest.mark.parametrize("english", ["Welcome.\n", "One.\nTwo.\nThree.\nFour.\nFive.\n"])
@pytest.mark.parametrize("arabic", ["مرحبا.\n", "مرحبا.\nنعم.\n"])
def test_texts_of_a_word_or_two_are_aligned_too(tmp_path: Path, arabic: str, english: str) -> None:
    (tmp_path / "a.ar").write_text(arabic, encoding="utf-8")
    (tmp_path / "a.en").write_text(english, encoding="utf-8")
    done = run("--presplit", "--format", "ladder", str(tmp_path / "a.ar"), str(tmp_path / "a.en"))
    beads = [line.split(":") for line in done.stdout.splitlines()]
    assert [n for source, _ in beads for n in json.loads(source)] == list(range(arabic.count("\n")))
    assert [n for _, target in beads for n in json.loads(target)] == list(range(english.count("\n")))


def test_clitics_are_linked_on_request(tmp_path: Path) -> None:
    (tmp_path / "a.ar").write_text("قال الوزير إن الحكومة ستعلن القرار.\n", encoding="utf-8")
    (tmp_path / "a.en").write_text(
        "The minister said the government will announce the decision.\n", encoding="utf-8"
    )
    files = str(tmp_path / "a.ar"), str(tmp_path / "a.en")
    text = json.loads(run("--presplit", "--clitics", "--format", "json", "--mode", "lexical", *files).stdout)
    found = {(text["source"]["body"][a:b], text["target"]["body"][c:d]) for a, b, c, d, _ in text["links"]}
    assert {("ال", "the"), ("حكومة", "government"), ("س", "will")} <= found


def test_words_are_linked_by_the_models_attention_too(files: tuple[str, str]) -> None:
    arguments = ["--presplit", "--words", "--format", "json", "--mode", "mt", "--model", "builtin", *files]
    result = CliRunner().invoke(align, arguments, catch_exceptions=False)
    text = json.loads(result.stdout)
    words = {(text["source"]["body"][a:b], text["target"]["body"][c:d]) for a, b, c, d, _ in text["links"]}
    assert ("واشنطن", "Washington") in words
