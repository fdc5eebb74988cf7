"""
From files, pages and standard input to an Article: text, encoding, paragraphs, headings, furniture.

The body is the text as it was given, but for the line breaks, which become
``\\n``, and a byte order mark, which goes. Of a web page it is the article alone,
one block to a line and a blank line between blocks.

A paragraph is a line. Only where a text has evidently been wrapped at a margin
are its lines joined: see :func:`_paragraphs`.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path

from translate import furniture, webpage
from translate.encoding import arabic_share, decode
from translate.errors import BadInput, UndecodableInput
from translate.normalize import ARABIC_LETTER, INVISIBLE
from translate.sentences import split
from translate.text import Article, Kind, Segment

__all__ = ["SUFFIXES", "arabic_share", "decode", "files", "from_bytes", "from_text", "read", "require_arabic"]

_HTML = (".html", ".htm")
SUFFIXES = (".txt", *_HTML)

# Files in which both languages stand side by side.
_BILINGUAL = re.compile(
    r"\s*+(?:<\?xml[^>]*+>\s*+|<!DOCTYPE[^>]*+>\s*+|<!--(?:[^-]|-(?!->))*+-->\s*+)*+<(tmx|xliff)[\s>]",
    re.IGNORECASE,
)
_LINE = re.compile(r"[^\n\v\f\x85\u2028\u2029]+")
_DRAWN_OUT = re.compile(r"([ \t\u00a0.])\1+")
_BLANK = re.compile(f"[\\s{INVISIBLE}]*")
# What no heading ends with; but a headline may ask, exclaim or trail off.
_SENTENCE_END = re.compile(r"[.؟?!…:؛،,]\W*$")
_STOP = re.compile(r"[.؟?!…]\W*$")
_HEADLINE_END = re.compile(r"[.:؛،,]\W*$")
# List items, whole quotations, and sentences that go on from the one before.
_NO_HEADING = re.compile(
    r"[-–—•*▪◦]|[«“\"].*[»”\"]\W*$|(?:كما|لكن|فيما|حيث)\b|و(?:قال|أضاف|أكد|أوضح|أشار|ذكر|تابع|كان)ت?\b"
)
_FIGURES = re.compile(r"(?:[^:]*:)?[\W\d_]*")  # With or without a label before them.
# Numbered points: those beside one another are a list.
_POINT = re.compile(rf"[(\[]?(?:\d{{1,2}}|[{ARABIC_LETTER}])\s?[.)\]/ـ–-]")
_TITLE_LENGTH = 80  # Characters of a first sentence that has to serve as a title.


def read(path: Path | str) -> Article:
    """
    The article in a file, or on standard input where ``path`` is ``-``.

    Raises BadInput where there is no such file or it cannot be read, and what
    :func:`from_bytes` raises, with the file's name before it.
    """
    if str(path) == "-":
        return from_bytes(sys.stdin.buffer.read(), id="stdin", source="-")
    path = Path(path)
    try:
        if path.is_dir():
            raise BadInput(f"{path} is a folder. Expected a file: name one of those in it.")
        data = path.read_bytes()
    except FileNotFoundError:
        raise BadInput(
            f"There is no file {path}. Check its name; relative names start from {Path.cwd()}."
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have.
        raise BadInput(f"{path} cannot be read: {error}.") from None
    html = True if path.suffix.lower() in _HTML else None
    try:
        return from_bytes(data, id=path.stem, source=str(path), html=html)
    except UndecodableInput as error:
        raise UndecodableInput(f"{path}: {error}", offset=error.offset) from None
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from None


def files(paths: Iterable[Path | str]) -> list[Path]:
    """
    The same paths, each folder replaced by the articles in it, in order of name.

    Files and ``-`` stay as they are, whether they exist or not. Hidden files and
    inner folders are left out. Raises BadInput for a folder without articles.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        if not path.is_dir():
            found.append(path)
            continue
        inside = [
            file
            for file in sorted(path.iterdir())
            if file.suffix.lower() in SUFFIXES and not file.name.startswith(".") and file.is_file()
        ]
        if not inside:
            names = ", ".join(f"*{suffix}" for suffix in SUFFIXES)
            raise BadInput(f"The folder {path} holds no articles; looked for files named {names}.")
        found += inside
    return found


def require_arabic(article: Article) -> Article:
    """The same article; BadInput where it has letters and none of them is Arabic."""
    if arabic_share(article.body) == 0.0 and any(c.isalpha() for c in article.body):
        raise BadInput(
            f"{article.id or 'The text'} holds no Arabic letter (it begins {article.body.strip()[:40]!r}). "
            "Muwazi translates Arabic into English."
        ).because("no_arabic", beginning=article.body.strip()[:40])
    return article


def from_bytes(
    data: bytes,
    *,
    id: str,  # noqa: A002 - the article's own word
    source: str = "",
    html: bool | None = None,
) -> Article:
    """
    The article in the bytes of a text or HTML file.

    Whether it is HTML is seen from the text where ``html`` is None. Raises
    UndecodableInput for bytes that are not text, BadInput where there is no text
    and for TMX and XLIFF.
    """
    text = decode(data)
    if found := _BILINGUAL.match(text):
        kind = found[1].upper()
        raise BadInput(
            f"This is a {kind} file, in which both languages stand; a text in one of them is expected. "
            "Save that as .txt; to train on both, see muwazi corpus and muwazi train."
        ).because("bilingual", kind=kind)
    if html or (html is None and webpage.looks_like_html(text)):
        return _from_page(text, id, source)
    return from_text(text, id=id, source=source)


def from_text(
    text: str,
    *,
    id: str,  # noqa: A002 - the article's own word
    source: str = "",
    title: str | None = None,
) -> Article:
    """
    The article in a text: split into sentences, with headings and furniture marked.

    The title, where none is given, is the headline, or else the beginning of
    the first sentence. Raises BadInput where the text is empty or blank.
    """
    body = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if _BLANK.fullmatch(body):
        raise BadInput(
            "There is no text here: the input is empty or blank. Expected an Arabic article."
        ).because("empty")
    return _article(id, source, title, body, _segments(body, _paragraphs(body)))


def _from_page(page: str, name: str, source: str) -> Article:
    title, blocks = webpage.extract(page)
    body = "\n\n".join(block.text for block in blocks)
    if _BLANK.fullmatch(body):
        raise BadInput(
            "There is no article on this page: no text outside of navigation, scripts and forms. "
            "Save the page after it has loaded, or copy its text into a .txt file."
        ).because("page_empty")
    headings = frozenset(number for number, block in enumerate(blocks) if block.heading)
    listed = frozenset(number for number, block in enumerate(blocks) if block.listed)
    lines = (line.span() for line in re.finditer(r"[^\n]+", body))
    return _article(name, source, title, body, _segments(body, lines, headings), listed)


def _article(
    name: str,
    source: str,
    title: str | None,
    body: str,
    segments: Sequence[Segment],
    listed: frozenset[int] = frozenset(),
) -> Article:
    marked = _mark_headings(furniture.mark(segments), listed)
    return Article(name, "ar", title or _title(marked), body, marked, source)


def _segments(
    body: str, paragraphs: Iterable[tuple[int, int]], headings: frozenset[int] = frozenset()
) -> list[Segment]:
    """Sentences with their places. To the splitter, line breaks inside a paragraph are spaces."""
    kinds = (Kind.BODY, Kind.HEADING)
    return [
        Segment(body[start + a : start + b], start + a, number, kinds[number in headings])
        for number, (start, end) in enumerate(paragraphs)
        for a, b in split(body[start:end].replace("\n", " "))
    ]


def _paragraphs(body: str) -> Iterator[tuple[int, int]]:
    """
    Where each paragraph stands: every line with text, unless the text is wrapped.

    A line of marks that nobody sees, as word processors leave behind, is blank.

    It is wrapped if no line exceeds 100 characters, most lines that another
    follows at once are full (the next line's first word would have taken them
    beyond the longest line), and full lines seldom end with a stop. Then a
    paragraph goes on after each full line. Blocks of lines without a full one,
    such as tables, say nothing of the margin; nor do runs of spaces and dots,
    with which titles and contents are drawn out.
    """
    lines = [line.span() for line in _LINE.finditer(body) if not _BLANK.fullmatch(line.group())]
    length = {line: len(_DRAWN_OUT.sub(r"\1", body[slice(*line)])) for line in lines}
    width = max(length.values())
    adjacent: list[tuple[tuple[int, int], tuple[int, int]]] = []
    full: set[tuple[int, int]] = set()
    for _, block in groupby(pairwise(lines), key=lambda pair: pair[1][0] - pair[0][1] == 1):
        pairs = [pair for pair in block if pair[1][0] - pair[0][1] == 1]
        reaching = {
            line
            for line, after in pairs
            if length[line] + 1 + len(body[slice(*after)].split(maxsplit=1)[0]) > width
        }
        if reaching:
            adjacent += pairs
            full |= reaching
    stopped = sum(bool(_STOP.search(body[slice(*line)])) for line in full)
    wrapped = (
        40 <= width <= 100 and len(full) >= 3 and len(full) > len(adjacent) / 2 and stopped < len(full) / 3
    )
    start = lines[0][0]
    for line, after in pairwise(lines):
        if not (wrapped and line in full):
            yield start, line[1]
            start = after[0]
    yield start, lines[-1][1]


def _mark_headings(segments: Sequence[Segment], listed: frozenset[int]) -> tuple[Segment, ...]:
    """
    Bare lines that head what follows: headlines at the top, sub-headings further down.

    A headline may ask or exclaim; a sub-heading is bare and has prose right
    below it, so that lists and verse are not taken for headings. Where a writer
    ends no paragraph with a stop, only a few words can be one. Paragraphs that
    are ``listed`` on a page, its items and cells, are none.
    """
    shown = [segment for segment in segments if segment.kind is not Kind.FURNITURE and _says(segment)]
    lines = [list(group) for _, group in groupby(shown, key=lambda segment: segment.paragraph)]
    words = [sum(len(segment.text.split()) for segment in line) for line in lines]
    prose = [line for line, count in zip(lines[1:], words[1:], strict=True) if count > 8]
    has_stops = 2 * sum(bool(_SENTENCE_END.search(line[-1].text)) for line in prose) >= len(prose)
    top, further = (25, 18) if has_stops else (18, 8)
    headings: set[int] = set()

    def is_listed(i: int) -> bool:
        return bool(_POINT.match(lines[i][0].text)) and any(
            _POINT.match(beside[0].text) for beside in lines[max(0, i - 1) : i] + lines[i + 1 : i + 2]
        )

    for i, (line, below) in enumerate(pairwise(lines)):
        text = line[-1].text
        if i == 0 or (has_stops and i < 3 and len(headings) == i and not _FIGURES.fullmatch(text)):
            is_heading = words[i] <= top and not _HEADLINE_END.search(text)
        else:
            heads_prose = words[i + 1] > max(12, 2 * words[i]) or (
                has_stops and _SENTENCE_END.search(below[-1].text)
            )
            is_bare = not (_SENTENCE_END.search(text) or _NO_HEADING.match(text) or _FIGURES.fullmatch(text))
            is_heading = bool(heads_prose) and words[i] <= further and is_bare and not is_listed(i)
        # A headline may be of two: "The screen becomes a mirror.. How have telephones changed us?"
        if is_heading and len(line) <= (2 if i == 0 else 1) and line[0].paragraph not in listed:
            headings.add(line[0].paragraph)
    return tuple(
        replace(segment, kind=Kind.HEADING)
        if segment.paragraph in headings and segment.kind is Kind.BODY
        else segment
        for segment in segments
    )


def _says(segment: Segment) -> bool:
    """Whether it holds a letter or digit, and is more than stars or a stroke between parts."""
    return any(map(str.isalnum, segment.text))


def _title(segments: Sequence[Segment]) -> str:
    """The headline, or the beginning of the first sentence."""
    shown = [segment for segment in segments if segment.kind is not Kind.FURNITURE] or segments
    first = next(filter(_says, shown), shown[0])
    headline = [s.text for s in shown if s.paragraph == first.paragraph and first.kind is Kind.HEADING]
    text = " ".join(" ".join(headline or [first.text]).split())
    if first.kind is Kind.HEADING or len(text) <= _TITLE_LENGTH:
        return text
    return text[: _TITLE_LENGTH - 1].rsplit(" ", 1)[0].rstrip("،,؛:-– ") + "…"
