"""Written documents against the grammars of their formats; tests/schemas says whose."""

from collections.abc import Callable

import pytest

from align.bead import Bead, ParallelText, from_lines
from align.formats import tmx, xliff

Faults = Callable[[str, str | bytes], list[str]]

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
BLANK = ParallelText(
    from_lines(["قال.", "", ""], language="ar"),
    from_lines(["He said.", ""], language="en"),
    (
        Bead(range(1), range(1)),
        Bead(range(1, 2), range(1, 2), confidence=0.5),
        Bead(range(2, 3), range(2, 2), reasons=("nothing in English for this sentence",), pinned=True),
    ),
)
ONLY_BLANK = ParallelText(
    from_lines([""], language="ar"), from_lines([], language="en"), (Bead(range(1), range(0)),)
)
TEXTS = [FULL, EMPTY, BLANK, ONLY_BLANK]
WRITERS = {"tmx": tmx.write, "xliff": xliff.write, "xliff2": xliff.write_2}


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("text", TEXTS, ids=["full", "empty", "blank lines", "nothing but a blank line"])
def test_what_is_written_is_valid(text: ParallelText, form: str, faults: Faults) -> None:
    assert faults(form, WRITERS[form](text)) == []


@pytest.mark.parametrize(
    ("form", "right", "wrong"),
    [
        ("tmx", ' srclang="ar"', ""),
        ("tmx", 'segtype="block"', 'segtype="bead"'),
        ("tmx", "<seg>He said", "<seg><b/>He said"),
        ("tmx", 'xml:lang="ar"', ""),
        ("xliff", ' original="مقال"', ""),
        ("xliff", "<source>", "<target/><source>"),
        ("xliff", 'approved="yes"', 'approved="true"'),
        ("xliff2", ' srcLang="ar"', ""),
        ("xliff2", 'state="final"', 'state="approved"'),
        ("xliff2", ' id="u1"', ""),
    ],
)
def test_the_grammars_notice_what_is_wrong(form: str, right: str, wrong: str, faults: Faults) -> None:
    document = WRITERS[form](FULL)
    assert right in document
    assert faults(form, document.replace(right, wrong, 1))
