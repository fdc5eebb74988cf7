"""
Against the standards' own grammars, which are not ours to hand on.

Put ``tmx14.dtd``, ``xliff-core-1.2-transitional.xsd``, ``xliff-core-2.0.xsd`` (whose
namespace 2.1 shares) and ``xml.xsd`` into a folder and name it in MUWAZI_SCHEMAS.
"""

import os
from pathlib import Path

import pytest
from lxml import etree

from align.bead import Bead, ParallelText, from_lines
from align.formats import tmx, xliff

FOLDER = Path(os.environ.get("MUWAZI_SCHEMAS", "schemas"))
XS = "{http://www.w3.org/2001/XMLSchema}"

pytestmark = pytest.mark.skipif(
    not (FOLDER / "tmx14.dtd").exists(), reason="MUWAZI_SCHEMAS names no folder with the official grammars"
)

FULL = ParallelText(
    from_lines(['قال: "نعم" & <لا>.', "ثم\u0007 صمت.", "اترك تعليقا"], language="ar", name="مقال"),
    from_lines(['He said "yes" & <no>.', "Then he was silent.", "Unrelated\tline."], language="en"),
    (
        Bead(range(1), range(1), 2.5, 0.9312, ("17 is missing", "length 2.3×")),
        Bead(range(1, 2), range(1, 2), 1.0, 1.0, pinned=True),
        Bead(range(2, 3), range(2, 2), -0.5, 0.75, ("nothing in English for this sentence",), pinned=True),
        Bead(range(3, 3), range(2, 3), confidence=None),
    ),
)
EMPTY = ParallelText(from_lines([], language="ar"), from_lines([], language="en"), ())


def schema(name: str) -> etree.XMLSchema:
    document = etree.parse(FOLDER / name)
    for needed in document.iter(f"{XS}import"):
        if "xml" in needed.get("schemaLocation", ""):
            needed.set("schemaLocation", str((FOLDER / "xml.xsd").resolve()))
    return etree.XMLSchema(document)


@pytest.mark.parametrize("text", [FULL, EMPTY], ids=["full", "empty"])
def test_tmx_is_valid_by_the_dtd_of_1_4(text: ParallelText) -> None:
    dtd = etree.DTD(str(FOLDER / "tmx14.dtd"))
    assert dtd.validate(etree.fromstring(tmx.write(text).encode())), dtd.error_log


@pytest.mark.parametrize("text", [FULL, EMPTY], ids=["full", "empty"])
def test_xliff_1_is_valid_by_the_schema_of_1_2(text: ParallelText) -> None:
    grammar = schema("xliff-core-1.2-transitional.xsd")
    assert grammar.validate(etree.fromstring(xliff.write(text).encode())), grammar.error_log


@pytest.mark.parametrize("text", [FULL, EMPTY], ids=["full", "empty"])
def test_xliff_2_is_valid_by_the_core_schema(text: ParallelText) -> None:
    grammar = schema("xliff-core-2.0.xsd")
    assert grammar.validate(etree.fromstring(xliff.write_2(text).encode())), grammar.error_log
