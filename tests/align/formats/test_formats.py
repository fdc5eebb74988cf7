"""Round trips, and what each format does with strangers' files."""

import io

import lxml.etree as etree
import pytest

from align.bead import Bead, ParallelText, WordLink, from_lines
from align.formats import FORMATS, lossless, plain, tmx, xliff
from translate.errors import BadInput
from translate.text import Kind, Segment

SOURCE = from_lines(['قال: "نعم" & <لا>.', "ثم صمت.", "اترك تعليقا"], language="ar", name="مقال")
TARGET = from_lines(['He said "yes" & <no>.', "Then he was silent.", "Unrelated\tline."], language="en")
TEXT = ParallelText(
    SOURCE,
    TARGET,
    (
        Bead(range(1), range(1), 2.5, 0.9312, ("17 is missing", "length 2.3×")),
        Bead(range(1, 2), range(1, 2), 1.0, 1.0, pinned=True),
        Bead(range(2, 3), range(2, 2), -0.5, 0.75, ("nothing in English for this sentence",)),
        Bead(range(3, 3), range(2, 3), confidence=None),
    ),
    links=(WordLink(0, 3, 3, 7, 0.5),),
    notes=("A note.",),
)


def told(text: ParallelText) -> list[tuple[str, str, float | None, bool, tuple[str, ...]]]:
    return [(a, b, bead.confidence, bead.pinned, bead.reasons) for bead, a, b in text]


@pytest.mark.parametrize("name", [name for name, form in FORMATS.items() if form.read])
def test_texts_nulls_confidence_pins_and_reasons_survive(name: str) -> None:
    form = FORMATS[name]
    assert form.read is not None
    back = form.read(form.write(TEXT))
    assert told(back) == told(TEXT)
    assert (back.source.language, back.target.language) == ("ar", "en")


def test_json_loses_nothing() -> None:
    assert lossless.read(lossless.write(TEXT)) == TEXT


def test_json_keeps_kinds_and_offsets() -> None:
    segment = Segment("عنوان", 2, 0, Kind.HEADING)
    article = type(SOURCE)("a", "ar", "عنوان", "  عنوان\n", (segment,), "a.txt")
    text = ParallelText(article, from_lines([], language="en"), (Bead(range(1), range(0)),))
    assert lossless.read(lossless.write(text)).source == article


def test_a_ladder_is_one_bead_a_line_from_zero_with_nulls() -> None:
    assert plain.write_ladder(TEXT) == "[0]:[0]\n[1]:[1]\n[2]:[]\n[]:[2]\n"
    assert [(b.source, b.target) for b in plain.read_ladder(plain.write_ladder(TEXT))] == [
        (bead.source, bead.target) for bead in TEXT.beads
    ]


def test_a_ladder_of_other_tools_may_have_scores() -> None:
    assert plain.read_ladder("[0]:[0, 1]:0.123\n[1,2]:[]\n") == (
        Bead(range(1), range(2)),
        Bead(range(1, 3), range(2, 2)),
    )


def test_moses_pairs_count_the_nulls_they_cannot_hold() -> None:
    source, target, nulls = plain.write_moses(TEXT)
    assert (source.count("\n"), target.count("\n"), nulls) == (2, 2, 2)
    assert [pair[:2] for pair in told(plain.read_moses(source, target))] == [
        pair[:2] for pair in told(TEXT)[:2]
    ]


def test_tsv_numbers_sentences_from_one() -> None:
    line = plain.write_tsv(TEXT).split("\n")[1]
    assert line.split("\t")[2:5] == ["1", "1", "0.9312"]


def test_two_columns_are_a_tsv() -> None:
    assert [pair[:2] for pair in told(plain.read_tsv("نعم\tYes\nلا\t\n"))] == [("نعم", "Yes"), ("لا", "")]


# TMX 1.4b, section "Elements": what a level-1 document may hold, in RELAX NG compact's XML form.
TMX_GRAMMAR = """
<element name="tmx" xmlns="http://relaxng.org/ns/structure/1.0">
 <attribute name="version"><value>1.4</value></attribute>
 <element name="header"><attribute name="creationtool"/><attribute name="creationtoolversion"/>
  <attribute name="segtype"><choice><value>block</value><value>paragraph</value><value>sentence</value>
  <value>phrase</value></choice></attribute>
  <attribute name="o-tmf"/><attribute name="adminlang"/>
  <attribute name="srclang"/><attribute name="datatype"/>
 </element>
 <element name="body"><zeroOrMore><element name="tu"><optional><attribute name="tuid"/></optional>
  <zeroOrMore><choice><element name="note"><text/></element>
   <element name="prop"><attribute name="type"/><text/></element></choice></zeroOrMore>
  <oneOrMore><element name="tuv"><attribute name="xml:lang"/>
   <element name="seg"><text/></element></element></oneOrMore>
 </element></zeroOrMore></element>
</element>"""


def test_tmx_has_the_structure_of_the_standard() -> None:
    """Checked against a grammar of our own, written after the standard's text."""
    grammar = etree.RelaxNG(etree.parse(io.StringIO(TMX_GRAMMAR)))
    document = etree.fromstring(tmx.write(TEXT).encode())
    assert grammar.validate(document), grammar.error_log
    assert tmx.write(TEXT).splitlines()[1] == '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'


def test_tmx_languages_match_by_their_first_part_and_inline_codes_are_text() -> None:
    document = """<tmx version="1.4"><header srclang="ar-EG"/><body><tu>
      <tuv xml:lang="EN-us"><seg>A <hi>b</hi> c</seg></tuv>
      <tuv xml:lang="ar"><seg>أ</seg></tuv></tu></body></tmx>"""
    assert [pair[:2] for pair in told(tmx.read(document))] == [("أ", "A b c")]


XLIFF_1 = {"s": "urn:oasis:names:tc:xliff:document:1.2"}
XLIFF_2 = {"s": "urn:oasis:names:tc:xliff:document:2.0"}


def test_xliff_1_has_what_its_schema_demands() -> None:
    root = etree.fromstring(xliff.write(TEXT).encode())
    (file,) = root.xpath("s:file", namespaces=XLIFF_1)
    assert root.get("version") == "1.2"
    assert {"original", "source-language", "target-language", "datatype"} <= set(file.attrib)
    units = root.xpath("s:file/s:body/s:trans-unit", namespaces=XLIFF_1)
    assert [unit.get("id") for unit in units] == ["1", "2", "3", "4"]
    # The schema's order: source, then target, then the rest.
    assert [etree.QName(child).localname for child in units[0]] == [
        "source",
        "target",
        "note",
        "note",
        "note",
    ]
    assert units[1].get("approved") == "yes"
    assert units[2].find("s:target", XLIFF_1) is None


def test_xliff_2_has_what_its_schema_demands() -> None:
    root = etree.fromstring(xliff.write_2(TEXT).encode())
    assert (root.get("version"), root.get("srcLang"), root.get("trgLang")) == ("2.1", "ar", "en")
    units = root.xpath("s:file/s:unit", namespaces=XLIFF_2)
    assert [etree.QName(child).localname for child in units[0]] == ["notes", "segment"]
    states = [segment.get("state") for segment in root.iter("{*}segment")]
    assert states == [
        "translated",
        "final",
        "initial",
        "translated",
    ]


def test_an_empty_text_can_be_written_and_read() -> None:
    empty = ParallelText(from_lines([], language="ar"), from_lines([], language="en"), ())
    for form in FORMATS.values():
        written = form.write(empty)
        if form.read:
            assert form.read(written).beads == ()


LAUGHS = """<?xml version="1.0"?><!DOCTYPE tmx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>
<tmx version="1.4"><header srclang="ar"/><body><tu><tuv xml:lang="ar"><seg>&d;</seg></tuv></tu></body></tmx>"""
EXTERNAL = LAUGHS.replace('<!ENTITY a "ha">', '<!ENTITY a SYSTEM "file:///etc/passwd">')


@pytest.mark.parametrize("document", [LAUGHS, EXTERNAL])
def test_entities_are_refused_and_never_expanded(document: str) -> None:
    for read in (tmx.read, xliff.read, xliff.read_2):
        with pytest.raises(BadInput, match=r"entities|not well-formed"):
            read(document)


@pytest.mark.parametrize(
    ("name", "document", "message"),
    [
        ("tmx", "<tmx><header>\n</body></tmx>", "Line 2, column"),
        ("tmx", "<html/>", "not a <tmx>"),
        ("tmx", "<tmx version='1.4'><body/></tmx>", "no <header>"),
        (
            "tmx",
            "<tmx><header srclang='ar'/><body>\n<tu><tuv><seg>x</seg></tuv></tu></body></tmx>",
            "Line 2, <tuv>: no xml:lang",
        ),
        ("xliff", "not xml", "Line 1, column 1"),
        ("xliff", "", "XML"),
        (
            "xliff",
            "<xliff version='2.1' xmlns='urn:oasis:names:tc:xliff:document:2.0'/>",
            "try the format xliff2",
        ),
        (
            "xliff2",
            "<xliff version='1.2' xmlns='urn:oasis:names:tc:xliff:document:1.2'/>",
            "try the format xliff",
        ),
        ("tsv", "نعم\tYes\nلا", "Line 2, column 3: no tab"),
        ("tsv", "نعم\tYes\t1\t1\tvery", "Line 1, column 13: 'very' is no confidence"),
        ("tsv", "\t\tx", "Line 1, column 1: both sides"),
        ("json", '{"version": 1,\n "source"}', "Line 2, column"),
        ("json", "[]", "no parallel text of Muwazi"),
        ("json", '{"version": 1}', "lacks a part"),
        ("json", "[" * 100_000, "nested too deeply"),
    ],
)
def test_malformed_files_are_refused_with_their_place(name: str, document: str, message: str) -> None:
    read = FORMATS[name].read
    assert read is not None
    with pytest.raises(BadInput, match=message):
        read(document)


def test_ladders_out_of_order_are_refused() -> None:
    with pytest.raises(BadInput, match=r"Line 2: sentences \[2\] where 1"):
        plain.read_ladder("[0]:[0]\n[2]:[1]\n")
    with pytest.raises(BadInput, match="Line 1, column 1"):
        plain.read_ladder("0-0\n")


def test_what_xml_cannot_hold_is_replaced_visibly() -> None:
    text = plain.of_pairs([("أ\x00ب", "a\x0bb", None, False, ())])
    assert "\ufffd" in tmx.write(text)
    assert "\ufffd" in xliff.write(text)


def test_a_form_feed_inside_a_line_does_not_end_it() -> None:
    assert len(plain.read_tsv("نعم\tone\u2028two\x0cthree\n").beads) == 1


@pytest.mark.parametrize("form", ["tsv", "tmx", "xliff", "xliff2"])
def test_blank_lines_do_not_keep_a_file_from_being_read_back(form: str) -> None:
    text = ParallelText(
        from_lines(["قال.", "", "انتهى."], language="ar"),
        from_lines(["He said.", "", "The end."], language="en"),
        tuple(Bead(range(n, n + 1), range(n, n + 1)) for n in range(3)),
    )
    read = FORMATS[form].read
    assert read is not None
    assert [pair[1:] for pair in read(FORMATS[form].write(text))] == [
        ("قال.", "He said."),
        ("انتهى.", "The end."),
    ]
