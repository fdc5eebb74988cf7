"""
Alignment file formats: TSV, JSON, TMX 1.4b, XLIFF 1.2 and 2.1, ladder, Moses pairs.

JSON loses nothing. The others hold texts of beads, not the sentences inside
them: read back, each bead's side is one sentence. All but Moses pairs keep
nulls; see :func:`align.formats.plain.write_moses` for those.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from align.bead import ParallelText
from align.formats import lossless, plain, tmx, xliff


@dataclass(frozen=True, slots=True)
class Format:
    """One file format; ``read`` is None where a file does not hold the texts."""

    name: str
    suffix: str
    write: Callable[[ParallelText], str]
    read: Callable[[str], ParallelText] | None


FORMATS: Mapping[str, Format] = {
    form.name: form
    for form in (
        Format("tsv", ".tsv", plain.write_tsv, plain.read_tsv),
        Format("json", ".json", lossless.write, lossless.read),
        Format("tmx", ".tmx", tmx.write, tmx.read),
        Format("xliff", ".xlf", xliff.write, xliff.read),
        Format("xliff2", ".xlf", xliff.write_2, xliff.read_2),
        Format("ladder", ".ladder", plain.write_ladder, None),
        Format("moses", "", plain.write_moses_lines, None),
    )
}
