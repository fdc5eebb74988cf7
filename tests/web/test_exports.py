"""What stands in exported files, as other people's programs read it."""

import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import docx
import lxml.etree as etree
import pytest
from docx.oxml.ns import qn

from align.bead import from_lines
from align.formats import tmx as tmx_reader
from translate import reading
from web import exports
from web.errors import BadRequest
from web.exports import plain
from web.exports.bidi import FSI, PDI, Direction, closed, isolate, runs
from web.records import (
    Correction,
    Entry,
    Machine,
    Reference,
    Row,
    StoredArticle,
    StoredBead,
    StoredSegment,
)

MADE = datetime(2026, 11, 26, 7, 30, tzinfo=UTC)
ATTACK = "</td></script><script>alert(1)</script><img src=x onerror=alert(1)>&\"'"
TEXT = """كيشيدا يزور واشنطن

قال كيشيدا إن حلف NATO سيعقد قمته في 2024. ورفض الحديث عن F-35.

وصل الوفد.

اترك تعليقا"""
MACHINE = (
    "Kishida visits Washington",
    "Kishida said NATO will meet in 2024.",
    "He refused F-35.",
    "The delegation arrived.",
)


def example(attack: str = "") -> StoredArticle:
    """Five sentences: a headline, two in a paragraph (the first one corrected), one more, and furniture."""
    article = reading.from_text(TEXT.replace("الوفد", f"الوفد {attack}".strip()), id="one")
    rows = []
    for position, segment in enumerate(article.segments):
        machine = None
        if position < len(MACHINE):
            warnings = ("2024 is missing from the translation.",) if position == 1 else ()
            machine = Machine(MACHINE[position], -0.5, warnings, "builtin@abc", MADE)
        stored = StoredSegment(
            position + 1, position, segment.text, segment.start, segment.paragraph, segment.kind
        )
        rows.append(Row(stored, machine))
    rows[1] = replace(rows[1], correction=Correction(f"Kishida said: “No”. {attack}".strip(), 2, MADE))
    entry = Entry(
        7, article.title + attack, f"Kishida visits Washington{attack}", f"https://example.org/?a=1&b=2{attack}",
        "url", MADE, 5, 4, 4, 1, 1, 1, False,
    )  # fmt: skip
    return StoredArticle(entry, article, tuple(rows))


def reference(attack: str = "") -> Reference:
    """Two Arabic sentences in one English one, one that the translator left out, one that he added."""
    lines = [
        "Kishida goes to Washington",
        f"NATO meets in 2024, said Kishida, silent on the F-35. {attack}",
        "Nobody else spoke.",
    ]
    beads = (
        StoredBead(range(1), range(1), 0.99),
        StoredBead(range(1, 3), range(1, 2), 0.7, "other pairings are possible (70% sure of this one)", True),
        StoredBead(range(3, 4), range(2, 2), 0.9, "nothing in English for this sentence"),
        StoredBead(range(4, 4), range(2, 3), 0.8, "nothing in Arabic for this sentence"),
        StoredBead(range(4, 5), range(3, 3), 0.9, "nothing in English for this sentence"),
    )
    return Reference(3, 7, f"A translator{attack}", from_lines(lines, language="en"), beads, 2)


def exported(form: str, attack: str = "", *, with_reference: bool = False) -> bytes:
    return exports.export(example(attack), form, reference(attack) if with_reference else None)[0]


class Tags(HTMLParser):
    """Elements with their attributes, and all text, as a browser would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


# --- All formats -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_reference", [False, True])
@pytest.mark.parametrize("form", exports.FORMATS)
def test_every_format_has_bytes_a_media_type_and_a_name_that_fits(form: str, with_reference: bool) -> None:
    data, mimetype, name = exports.export(example(), form, reference() if with_reference else None)
    assert data
    assert mimetype == exports.FORMATS[form].mimetype
    assert name == "Kishida-visits-Washington" + exports.FORMATS[form].suffix


def test_the_same_article_gives_the_same_bytes() -> None:
    for form in exports.FORMATS:
        if form != "docx":  # python-docx dates its archive.
            assert exported(form) == exported(form)


def test_another_format_is_refused_by_name() -> None:
    with pytest.raises(BadRequest, match="no export to 'pdf'; there are html, docx"):
        exports.export(example(), "pdf")


def test_an_article_without_any_translation_exports() -> None:
    stored = example()
    bare = replace(stored, rows=tuple(Row(row.segment) for row in stored.rows))
    for form in exports.FORMATS:
        assert exports.export(bare, form)[0]


def test_a_file_name_holds_letters_and_figures_only() -> None:
    stored = example()
    for title, name in (
        ("../../etc/passwd", "etc-passwd"),
        ("كيشيدا: «نعم»\u202e؟", "كيشيدا-نعم"),
        ("?!", "article-7"),
        ("word " * 40, "-".join(["word"] * 12)),
    ):
        entry = replace(stored.entry, title=title, english_title="")
        assert exports.file_name(replace(stored, entry=entry)) == name


# --- TMX and XLIFF ---------------------------------------------------------------------------------------

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def unit_of(data: bytes, number: int) -> etree._Element:
    return etree.fromstring(data).findall("body/tu")[number]


def properties(unit: etree._Element) -> dict[str, str]:
    return {prop.get("type"): prop.text for prop in unit.findall("prop")}


def texts(unit: etree._Element) -> dict[str, str]:
    return {variant.get(LANG): variant.findtext("seg") for variant in unit.findall("tuv")}


def test_tmx_keeps_the_machines_text_apart_from_the_corrected() -> None:
    data = exported("tmx")
    corrected, machine = unit_of(data, 1), unit_of(data, 2)
    assert texts(corrected)["en"] == "Kishida said: “No”."
    assert properties(corrected)["x-origin"] == "corrected"
    assert properties(corrected)["x-machine"] == MACHINE[1]
    assert properties(corrected)["x-warning"] == "2024 is missing from the translation."
    assert texts(machine)["en"] == MACHINE[2]
    assert properties(machine)["x-origin"] == "machine"
    assert "x-machine" not in properties(machine)


def test_tmx_keeps_sentences_without_english_as_units_of_one_language() -> None:
    assert texts(unit_of(exported("tmx"), 4)) == {"ar": "اترك تعليقا"}


def test_tmx_with_a_reference_has_its_pairs_and_says_what_the_machine_wrote() -> None:
    data = exported("tmx", with_reference=True)
    pair = unit_of(data, 1)
    assert texts(pair)["en"].startswith("NATO meets in 2024")
    assert texts(pair)["ar"].endswith("F-35.")
    assert properties(pair)["x-origin"] == "reference"
    assert properties(pair)["x-corrected"] == f"Kishida said: “No”. {MACHINE[2]}"
    assert properties(pair)["x-pinned"] == "yes"
    assert texts(unit_of(data, 2)) == {"ar": "وصل الوفد."}
    assert texts(unit_of(data, 3)) == {"en": "Nobody else spoke."}


def test_tmx_is_read_back_by_the_aligners_reader() -> None:
    pairs = [(source, target) for _, source, target in tmx_reader.read(exported("tmx").decode())]
    assert pairs[2] == ("ورفض الحديث عن F-35.", MACHINE[2])


def test_xliff_states_tell_a_persons_english_from_a_machines() -> None:
    root = etree.fromstring(exported("xliff"))
    space = {"x": root.nsmap[None]}
    units = root.findall(".//x:trans-unit", space)
    targets = [unit.find("x:target", space) for unit in units]
    assert [None if t is None else t.get("state") for t in targets] == [
        "needs-review-translation", "translated", "needs-review-translation", "needs-review-translation", None,
    ]  # fmt: skip
    (before,) = units[1].findall("x:alt-trans", space)
    assert before.get("alttranstype") == "previous-version"
    assert before.findtext("x:target", namespaces=space) == MACHINE[1]


def test_xliff_brings_a_reference_as_an_alternative_of_its_own_type() -> None:
    root = etree.fromstring(exported("xliff", with_reference=True))
    space = {"x": root.nsmap[None]}
    found = root.findall(".//x:alt-trans[@alttranstype='reference']", space)
    assert [a.findtext("x:target", namespaces=space)[:7] for a in found] == ["Kishida", "NATO me", "Nobody "]
    assert {a.get("origin") for a in found} == {"A translator"}


# --- TSV, JSON, Markdown ---------------------------------------------------------------------------------


def test_tsv_begins_with_arabic_and_the_english_worth_most() -> None:
    header, *lines = exported("tsv").decode().splitlines()
    assert tuple(header.split("\t")) == plain.HEADER
    cells = dict(zip(plain.HEADER, lines[1].split("\t"), strict=True))
    assert cells["target"] == cells["corrected"] == "Kishida said: “No”."
    assert cells["machine"] == MACHINE[1]
    assert [len(line.split("\t")) for line in lines] == [len(plain.HEADER)] * 5


@pytest.mark.parametrize(
    "text",
    ["=1+1", "@SUM(A1)", "+966 11", "-2+3", "- قال", "'=1", "  =cmd|' /C calc'!A0", "＝1", "|x", "''+1"],
)
def test_no_tsv_cell_begins_a_formula_and_the_text_comes_back_whole(text: str) -> None:
    stored = example()
    machine = Machine(text, None, (), "m", MADE)
    rows = (replace(stored.rows[0], machine=machine), *stored.rows[1:])
    cell = plain.write_tsv(exports.units(replace(stored, rows=rows))).decode().splitlines()[1].split("\t")[1]
    assert re.match(r"\s*[=+\-@|＝]", cell) is None
    assert plain.unguarded(cell) == text.strip()


def test_a_tab_or_line_break_in_a_text_moves_no_cell() -> None:
    stored = example()
    machine = Machine("one\ttwo\nthree\u2028four", None, (), "m", MADE)
    rows = (replace(stored.rows[0], machine=machine), *stored.rows[1:])
    lines = plain.write_tsv(exports.units(replace(stored, rows=rows))).decode().split("\n")
    assert lines[1].split("\t")[1] == "one two three four"


def test_json_holds_texts_exactly_with_their_places_and_both_versions() -> None:
    value = json.loads(exported("json", with_reference=True))
    row = value["rows"][1]
    assert value["body"][row["start"] : row["end"]] == row["text"]
    assert row["machine"]["text"] == MACHINE[1]
    assert row["correction"] == {
        "text": "Kishida said: “No”.",
        "version": 2,
        "made": "2026-11-26T07:30:00+00:00",
    }
    assert value["reference"]["beads"][1]["source"] == [1, 3]
    assert value["reference"]["beads"][1]["pinned"]


def test_markdown_isolates_each_cell_and_escapes_what_would_be_markup() -> None:
    text = exported("md", "*a* | <b> [x](javascript:1)").decode()
    assert "\\*a\\* \\| \\<b\\> \\[x\\](javascript:1)" in text
    rows = [line for line in text.splitlines() if line.startswith("| \u2068")]
    assert len(rows) == 3
    assert all(line.count(FSI) == line.count(PDI) for line in rows)


# --- HTML, EPUB, Word ------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_reference", [False, True])
@pytest.mark.parametrize("form", ["html", "epub"])
def test_no_text_from_outside_becomes_markup(form: str, with_reference: bool) -> None:
    data = exported(form, ATTACK, with_reference=with_reference)
    if form == "epub":
        pages = [value.decode() for name, value in members(data).items() if name.endswith("xhtml")]
    else:
        pages = [data.decode()]
    for page in pages:
        found = Tags(page)
        names = [tag for tag, _ in found.tags]
        assert "script" not in names
        assert "img" not in names
        assert not [name for _, attributes in found.tags for name in attributes if name.startswith("on")]
        assert "alert(1)" in found.text


def test_html_needs_no_other_file_and_runs_nothing() -> None:
    page = exported("html", ATTACK).decode()
    found = Tags(page)
    used = {name for _, attributes in found.tags for name in attributes}
    assert not used & {"src", "srcset", "style"}
    assert "link" not in [tag for tag, _ in found.tags]
    assert "default-src 'none'" in page


def test_html_says_language_and_direction_of_every_cell_and_isolates_names() -> None:
    found = Tags(exported("html", with_reference=True).decode())
    cells = [attributes for tag, attributes in found.tags if tag == "td"]
    assert cells
    assert {(cell["lang"], cell["dir"]) for cell in cells} == {("en", "ltr"), ("ar", "rtl")}
    assert '<bdi dir="ltr">NATO</bdi>' in exported("html").decode()


def test_the_headline_is_the_title_and_is_not_said_twice() -> None:
    page = Tags(exported("html").decode())
    assert page.text.count("كيشيدا يزور واشنطن") == 1
    # Beside a reference it keeps its row, for the reference has its own headline there.
    assert Tags(exported("html", with_reference=True).decode()).text.count("كيشيدا يزور واشنطن") == 2


def test_furniture_that_nobody_translated_is_left_out_for_readers_and_kept_for_programs() -> None:
    for form in ("html", "md"):
        assert "اترك تعليقا" not in exported(form).decode()
    for form in ("tsv", "json", "tmx", "xliff"):
        assert "اترك تعليقا" in exported(form).decode()


def members(data: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_book_is_an_epub_whose_parts_are_all_there_and_well_formed() -> None:
    data = exported("epub", ATTACK, with_reference=True)
    with ZipFile(io.BytesIO(data)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
        assert archive.read(first) == b"application/epub+zip"
    files = members(data)
    package = etree.fromstring(files["EPUB/book.opf"])
    items = package.findall(".//{*}manifest/{*}item")
    assert {f"EPUB/{item.get('href')}" for item in items} == {
        name for name in files if name.startswith("EPUB/")
    } - {"EPUB/book.opf"}
    for name, content in files.items():
        if name.endswith(("xhtml", "opf", "xml")):
            etree.fromstring(content)
    page = etree.fromstring(files["EPUB/book.xhtml"])
    marks = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(marks) == len(set(marks))


def test_the_book_tells_arabic_paragraphs_from_english_ones() -> None:
    page = etree.fromstring(members(exported("epub"))["EPUB/book.xhtml"])
    directions = [p.get("dir") for p in page.iterfind(".//{*}div[@class='pair']/{*}p")]
    assert directions == ["rtl", "ltr", "rtl", "ltr"]


@pytest.mark.skipif(
    shutil.which("epubcheck") is None, reason="epubcheck is not installed (apt-get install epubcheck)"
)
def test_epubcheck_finds_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "book.epub"
    path.write_bytes(exported("epub", ATTACK, with_reference=True))
    done = subprocess.run(["epubcheck", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_word_cells_have_their_direction_and_runs_their_script() -> None:
    document = docx.Document(io.BytesIO(exported("docx")))
    (table,) = document.tables
    english, arabic = table.rows[1].cells
    assert english.text == "Kishida said: “No”."
    assert arabic.paragraphs[0]._p.pPr.find(qn("w:bidi")) is not None
    assert english.paragraphs[0]._p.pPr.find(qn("w:bidi")) is None
    scripts = [(run.text.strip(), bool(run.font.rtl)) for run in arabic.paragraphs[0].runs]
    assert ("NATO", False) in scripts
    assert scripts[0] == ("قال كيشيدا إن حلف", True)


def test_word_text_is_text() -> None:
    document = docx.Document(io.BytesIO(exported("docx", ATTACK, with_reference=True)))
    cells = [cell.text for row in document.tables[0].rows for cell in row.cells]
    assert any(ATTACK in cell for cell in cells)


@pytest.mark.parametrize("length", [255, 256, 2000])
def test_word_takes_a_title_of_any_length_and_shows_all_of_it(length: int) -> None:
    stored = example()
    title = ("A-long-first-sentence-" * 100)[:length]
    heading = replace(stored.rows[0], machine=Machine(title, -0.5, (), "builtin@abc", MADE))
    data = exports.export(replace(stored, rows=(heading, *stored.rows[1:])), "docx")[0]
    document = docx.Document(io.BytesIO(data))
    assert document.paragraphs[0].text == title
    assert document.core_properties.title == title[:255]


def test_control_characters_spoil_no_file() -> None:
    stored = example("\x00\x0b\ud800￾")
    for form in exports.FORMATS:
        data = exports.export(stored, form, reference("\x01"))[0]
        if form in ("tmx", "xliff"):
            etree.fromstring(data)
        elif form == "json":
            assert json.loads(data)
        elif form == "docx":
            assert docx.Document(io.BytesIO(data)).paragraphs
        elif form == "epub":
            with ZipFile(io.BytesIO(data)) as book:
                texts = [name for name in book.namelist() if name.endswith(("ml", ".opf"))]
                assert len([etree.fromstring(book.read(name)) for name in texts]) > 2


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_word_document(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(exported("docx", with_reference=True))
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to",
         "txt:Text (encoded):UTF8", "--outdir", str(tmp_path), str(tmp_path / "a.docx")],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    text = (tmp_path / "a.txt").read_text(encoding="utf-8")
    assert "NATO meets in 2024" in text
    assert "وصل الوفد." in text


# --- Bidirectional text ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "isolated"),
    [
        ("حلف NATO قوي", ["NATO"]),
        ("طائرات F-35 و B-52H.", ["F-35", "B-52H"]),
        ("موقع https://example.org/a?b=1 هنا", ["https://example.org/a?b=1"]),
        ("شركة Lockheed Martin (LMT) الأمريكية", ["Lockheed Martin", "LMT"]),
        ("في عام 2023 NATO", ["NATO"]),
        ("بلغت -5 درجات و +3", ["-5", "+3"]),
        ("من 2023-2024 نحو 50%", []),
        ("رقم 4K و 16th", ["4K", "16th"]),
        ("لا شيء", []),
    ],
)
def test_latin_names_and_signed_figures_in_arabic_are_isolated(text: str, isolated: list[str]) -> None:
    found = list(runs(text, "rtl"))
    assert [piece for piece, foreign in found if foreign] == isolated
    assert "".join(piece for piece, _ in found) == text


@pytest.mark.parametrize(
    ("text", "direction"), [("Yes, this is English (all of it).", "rtl"), ("نعم، هذه عربية.", "ltr")]
)
def test_a_line_with_letters_of_the_other_direction_alone_is_isolated_as_a_whole(
    text: str, direction: Direction
) -> None:
    assert list(runs(text, direction)) == [(text, True)]


def test_arabic_in_english_is_isolated_with_the_spaces_inside_it() -> None:
    found = list(runs("He said «لا تعليق» twice", "ltr"))
    assert [piece for piece, foreign in found if foreign] == ["لا تعليق"]


def test_a_stray_override_ends_where_its_text_ends() -> None:
    assert closed("a\u202eb") == "a\u202eb\u202c"
    assert closed("a\u2069b\u202cc") == "abc"
    assert closed("\u2067a\u202bb\u2069c") == "\u2067a\u202bb\u2069c"
    assert isolate("a\u202eb", "ltr") == f"{FSI}a\u202eb\u202c{PDI}"


# --- Grammars --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_reference", [False, True])
@pytest.mark.parametrize(
    "attack", ["", ATTACK, "a\x00b\x07\ufffe]]>\u2028<b>"], ids=["plain", "markup", "unprintable"]
)
@pytest.mark.parametrize("form", ["tmx", "xliff"])
def test_exports_are_valid_by_the_grammars_of_their_formats(
    form: str, attack: str, with_reference: bool, faults: Callable[[str, bytes], list[str]]
) -> None:
    assert faults(form, exported(form, attack, with_reference=with_reference)) == []


@pytest.mark.parametrize("form", ["tmx", "xliff"])
def test_untranslated_and_empty_articles_are_valid_too(
    form: str, faults: Callable[[str, bytes], list[str]]
) -> None:
    stored = example(ATTACK)
    bare = replace(stored, rows=tuple(Row(row.segment) for row in stored.rows))
    blank = replace(reference(), article=from_lines(["One.", " ", ""], language="en"))
    for article, other in (
        (bare, None),
        (bare, reference()),
        (replace(stored, rows=()), None),
        (stored, blank),
    ):
        assert faults(form, exports.export(article, form, other)[0]) == []


def test_corrections_are_valid_tmx(faults: Callable[[str, bytes], list[str]]) -> None:
    attacked = [(7, row) for row in example(ATTACK).rows]
    for rows in (corrections(), attacked, []):
        assert faults("tmx", exports.export_corrections(rows, "tmx")[0]) == []


# --- Corrections -----------------------------------------------------------------------------------------


def corrections() -> list[tuple[int, Row]]:
    rows = example().rows
    undone = replace(rows[2], correction=Correction(None, 2, MADE))
    return [(7, rows[0]), (7, rows[1]), (7, undone)]


def test_only_what_a_person_wrote_counts_as_corrected() -> None:
    data, mimetype, name = exports.export_corrections(corrections(), "jsonl")
    (line,) = data.decode().splitlines()
    record = json.loads(line)
    assert (record["target"], record["machine"], record["sentence"]) == ("Kishida said: “No”.", MACHINE[1], 2)
    assert (mimetype, name) == ("application/jsonl", "corrections.jsonl")


def test_corrections_as_tsv_and_tmx_begin_with_the_pair_that_trains_a_model() -> None:
    lines = exports.export_corrections(corrections(), "tsv")[0].decode().splitlines()
    assert lines[1].split("\t")[:3] == [example().rows[1].segment.text, "Kishida said: “No”.", MACHINE[1]]
    unit = unit_of(exports.export_corrections(corrections(), "tmx")[0], 0)
    assert texts(unit)["en"] == "Kishida said: “No”."
    assert properties(unit)["x-machine"] == MACHINE[1]


def test_corrections_of_an_empty_library_are_an_empty_file() -> None:
    assert exports.export_corrections([], "jsonl")[0] == b""
    assert etree.fromstring(exports.export_corrections([], "tmx")[0]).findall("body/tu") == []
