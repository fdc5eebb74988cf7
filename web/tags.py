"""Markup cut into tags and text: what each tag is to the text around it, and which attributes are text."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from web.styles import turn_styles


class Kind(Enum):
    """What a tag is to the text around it."""

    BLOCK = auto()  # Begins, ends or is a block: no sentence goes on across it.
    OPEN = auto()  # Opens an inline element.
    CLOSE = auto()
    POINT = auto()  # Stands between words: an image, a comment, a footnote's number.
    BREAK = auto()  # <br>
    VERBATIM = auto()  # A whole inline element that stands for a word and is not translated.


@dataclass(frozen=True, slots=True)
class Attribute:
    """A value that people read: ``raw[start:end]`` of its tag, ``quote`` empty where it has none."""

    value: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Tag:
    """
    A tag, a comment or an element that is kept whole.

    ``turned`` is ``raw`` as it should be written where the text is English.
    """

    raw: str
    kind: Kind
    name: str = ""
    turned: str = ""
    texts: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class Raw:
    """A tag as it was found, before anybody said what it is; ``closes`` it itself, or ``ends`` another."""

    raw: str
    name: str
    ends: bool = False
    closes: bool = False


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    How to read one page: its tokens (text as strings), and what each tag is.

    ``kept`` says whether an element is left as it is with all that it holds;
    ``attributes`` whether attributes are translated and turned.
    """

    tokens: Sequence[Raw | str]
    kind: Callable[[int, Raw], Kind]
    kept: Callable[[Raw], bool]
    attributes: bool


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_VOID = _names("area base br col embed hr img input link meta param source track wbr")
_RAW_TEXT = _names("script style xmp iframe noembed noframes textarea")
# Everything that is not one of these is inline, unknown elements included (as browsers have it).
_BLOCKS = _names(
    "address article aside base blockquote body button caption center col colgroup dd details dialog dir div"
    " dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr"
    " html legend li link main menu meta nav noscript ol optgroup option p pre search section select summary"
    " table tbody td template textarea tfoot th thead title tr track ul xmp plaintext"
)
_KEPT = _names(
    "script style pre textarea template xmp plaintext iframe noembed noframes object svg math canvas audio"
    " video code kbd samp var tt"
)
_WORDS = _names("code kbd samp var tt math")  # Of those kept, what stands in a sentence as a word.
_INLINE_XML = _names(
    "a abbr b bpt bx cite code del em ept ex font g i ins it mark mrk mq ph q s small span strike strong sub"
    " sup tt u x"
)
_TEXT_ATTRIBUTES = _names("alt title placeholder aria-label aria-description aria-placeholder label summary")
_TEXT_META = _names(
    "description keywords og:title og:description og:site_name og:image:alt twitter:title twitter:description"
    " twitter:image:alt application-name apple-mobile-web-app-title"
)
_ALIGNED = _names("p div td th tr h1 h2 h3 h4 h5 h6 caption")

_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z_\u0080-\uffff][^\s/>]*)(?:(?:[^>\"'/]|/(?!>)|\"[^\"]*\"|'[^']*')*+)(?P<self>/?)>"
)
_LOOSE_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z_\u0080-\uffff][^\s/>]*)[^>]*?(?P<self>/?)>")
_OTHER = re.compile(
    r"<!--(?s:.*?)(?:--!?>|\Z)|<!\[CDATA\[(?s:.*?)(?:\]\]>|\Z)|<\?(?s:.*?)(?:\?>|\Z)|<[!/][^>]*(?:>|\Z)"
)
_BEGINS_TAG = re.compile(r"<(?:[A-Za-z!?]|/\S)")  # As browsers have it: <هكذا> is text.
_BEGINS_ANY = re.compile(r"<(?:[^\W\d]|[!?/])")
_ATTRIBUTE = re.compile(
    r"(?P<name>[^\s\"'<>/=]+)(?:\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"'=<>`]+)))?"
)
_HAS_LETTER = re.compile(r"[^\W\d_]")
_NOTE = re.compile(r"\s*[\[(]?[\d*†‡+−-]{1,4}[\])]?\s*")  # [1], of a footnote; 2, of m².


def html_dialect(
    page: str,
    *,
    xhtml: bool,
    ignored: frozenset[str] = frozenset(),
    splitting: frozenset[str] = frozenset(),
    joining: frozenset[str] = frozenset(),
) -> Dialect:
    """
    HTML as browsers read it, or XHTML, where any element may close itself.

    Names are in small letters: of elements that are kept as they are, and of those
    that are blocks here, or are not, whatever browsers make of them.
    """
    blocks = (_BLOCKS | splitting) - joining

    def kind(_: int, tag: Raw) -> Kind:
        if tag.name == "br":
            return Kind.BREAK
        if tag.name in blocks:
            return Kind.BLOCK
        if tag.ends:
            return Kind.CLOSE
        return Kind.POINT if tag.closes or not tag.name else Kind.OPEN

    def kept(tag: Raw) -> bool:
        return tag.name in _KEPT or tag.name in ignored or _says_no(tag)

    return Dialect(list(_scan(page, html=True, xhtml=xhtml)), kind, kept, attributes=True)


def xml_dialect(
    page: str, *, ignored: frozenset[str], splitting: frozenset[str], joining: frozenset[str]
) -> Dialect:
    """XML of which nobody said which elements are inline."""
    tokens = list(_scan(page, html=False, xhtml=True))
    structural = _structural(tokens, splitting, joining)

    def kind(place: int, tag: Raw) -> Kind:
        if not tag.name:
            return Kind.BLOCK if tag.raw.startswith(("<?", "<!D")) else Kind.POINT
        if place in structural:
            return Kind.BLOCK
        if tag.ends:
            return Kind.CLOSE
        if tag.closes:
            return Kind.VERBATIM if _stands_as_word(tokens, place) else Kind.POINT
        return Kind.OPEN

    return Dialect(tokens, kind, lambda tag: tag.name in ignored, attributes=False)


def tags_and_text(dialect: Dialect) -> Iterator[Tag | str]:
    """The page's text and tags in order; what is kept whole is one tag. Joined, they are the page again."""
    tokens = dialect.tokens
    partners = _partners(tokens)
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if isinstance(token, str):
            yield token
        elif (last := _last_kept(tokens, place, dialect, partners)) is not None:
            yield _kept(tokens[place : last + 1], dialect.kind(place, token))
            place = last
        else:
            tag = Tag(token.raw, dialect.kind(place, token), token.name, token.raw)
            yield _read_attributes(tag) if dialect.attributes and token.name and not token.ends else tag
        place += 1


def _last_kept(
    tokens: Sequence[Raw | str], place: int, dialect: Dialect, partners: dict[int, int]
) -> int | None:
    """Where the element that begins here ends, if it is one to be kept whole."""
    token = tokens[place]
    if isinstance(token, str) or not token.name or token.ends:
        return None
    last = place if token.closes else partners.get(place)
    if last is None or dialect.kept(token):
        return last if dialect.kept(token) else None
    if dialect.attributes and token.name in ("sup", "sub", "a") and last - place < 8:
        text = "".join(token for token in tokens[place:last] if isinstance(token, str))
        if _NOTE.fullmatch(text) and (token.name != "a" or "noteref" in token.raw or not text.isalnum()):
            return last
    return None


def _kept(tokens: Sequence[Raw | str], kind: Kind) -> Tag:
    """One tag of an element with all it holds: a word where it reads as one, else a point or a block."""
    raw = "".join(token if isinstance(token, str) else token.raw for token in tokens)
    first = tokens[0]
    name = first.name if isinstance(first, Raw) else ""
    if kind is not Kind.BLOCK:
        text = "".join(token for token in tokens if isinstance(token, str))
        silent = name in _KEPT and name not in _WORDS
        kind = Kind.VERBATIM if not silent and _HAS_LETTER.search(text) else Kind.POINT
        if name in _WORDS and text.strip():
            kind = Kind.VERBATIM
    return Tag(raw, kind, name, raw)


def _scan(page: str, *, html: bool, xhtml: bool) -> Iterator[Raw | str]:
    """Tags and text; a ``<`` that begins no tag is text, and a tag without an end is kept as it is."""
    place = start = 0
    last = page.rfind(">")
    while (opened := page.find("<", place)) >= 0:
        begins = (_BEGINS_TAG if html else _BEGINS_ANY).match(page, opened)
        if begins is None:
            place = opened + 1
            continue
        if opened > last and not page.startswith("<!--", opened):
            break  # A tag that was cut off at the end of the page.
        match = _TAG.match(page, opened) or _LOOSE_TAG.match(page, opened) or _OTHER.match(page, opened)
        if match is None:
            place = opened + 1
            continue
        if opened > start:
            yield page[start:opened]
        raw = match.group()
        start = place = match.end()
        if match.re is _OTHER:
            if not html and raw.startswith("<![CDATA["):
                yield _escaped(raw[9:].removesuffix("]]>"))
            else:
                yield Raw(raw, "")
            continue
        name = match["name"].lower() if html else match["name"]
        ends = bool(match["end"])
        closes = not ends and ((xhtml and bool(match["self"])) or (html and name in _VOID))
        yield Raw(raw, name, ends, closes)
        if html and name in _RAW_TEXT and not ends and not closes:
            end = re.compile(rf"</{name}\b", re.I).search(page, place)
            stop = end.start() if end else len(page)
            if stop > place:
                yield Raw(page[place:stop], "")
            start = place = stop
    cut = opened if opened > last and opened >= 0 else len(page)
    if start < cut:
        yield page[start:cut]
    if cut < len(page):
        yield Raw(page[cut:], "")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _partners(tokens: Sequence[Raw | str]) -> dict[int, int]:
    """Where the element that a tag opens is closed, by the tags of its own name alone."""
    partners: dict[int, int] = {}
    waiting: dict[str, list[int]] = defaultdict(list)
    for place, token in enumerate(tokens):
        if isinstance(token, str) or not token.name or token.closes:
            continue
        if not token.ends:
            waiting[token.name].append(place)
        elif waiting[token.name]:
            partners[waiting[token.name].pop()] = place
    return partners


def _structural(tokens: Sequence[Raw | str], splitting: frozenset[str], joining: frozenset[str]) -> set[int]:
    """Places of the tags of elements that stand among elements, not in a text."""
    partners = _partners(tokens)
    parents: list[int] = [-1]
    children: dict[int, list[int]] = defaultdict(list)
    has_text: set[int] = set()
    for place, token in enumerate(tokens):
        if isinstance(token, str):
            if token.strip():
                has_text.add(parents[-1])
        elif token.name and token.ends:
            if len(parents) > 1 and partners.get(parents[-1]) == place:
                parents.pop()
        elif token.name:
            children[parents[-1]].append(place)
            if place in partners:
                parents.append(place)
    found: set[int] = set()
    waiting = [-1]
    while waiting:
        parent = waiting.pop()
        for place in children[parent]:
            token = tokens[place]
            name = token.name if isinstance(token, Raw) else ""
            alone = parent not in has_text and (parent in found or parent == -1) and name not in _INLINE_XML
            if name in splitting or (alone and name not in joining):
                found.add(place)
                if place in partners:
                    found.add(partners[place])
            waiting.append(place)
    return found


def _stands_as_word(tokens: Sequence[Raw | str], place: int) -> bool:
    """Whether an empty element has a space, or nothing, on both sides, and text on one."""
    before = tokens[place - 1] if place else ""
    after = tokens[place + 1] if place + 1 < len(tokens) else ""
    if not isinstance(before, str) or not isinstance(after, str) or not (before + after).strip():
        return False
    return (not before or before[-1].isspace()) and (not after or not after[0].isalnum())


def _read_attributes(tag: Tag) -> Tag:
    """The tag with its readable attributes found, and with its language and direction turned."""
    found = _attributes(tag)
    if not found:
        return tag
    shift = 1 + len(tag.name)
    values = {name: _value(match) for name, match in found.items()}
    texts, turned = [], []
    for name, match in found.items():
        value = values[name]
        group = next((group for group in ("double", "single", "bare") if match[group] is not None), None)
        if group is None:
            continue
        start, end = match.span(group)
        english = _turn(tag.name, name, value)
        if english != value:
            turned.append((start + shift, end + shift, english))
        elif value and _is_text(tag.name, name, values):
            quote = {"double": '"', "single": "'"}.get(group, "")
            texts.append(Attribute(value, start + shift, end + shift, quote))
    raw = tag.raw
    for start, end, english in sorted(turned, reverse=True):
        raw = raw[:start] + english + raw[end:]
        longer = len(english) - (end - start)
        texts = [
            replace(text, start=text.start + longer, end=text.end + longer) if text.start > start else text
            for text in texts
        ]
    return replace(tag, turned=raw, texts=tuple(sorted(texts, key=lambda text: text.start)))


def _attributes(tag: Tag | Raw) -> dict[str, re.Match[str]]:
    """Its attributes by their names in small letters; of two with one name, the first counts."""
    found: dict[str, re.Match[str]] = {}
    for match in _ATTRIBUTE.finditer(tag.raw[1 + len(tag.name) : -1]):
        found.setdefault(match["name"].lower(), match)
    return found


def _value(attribute: re.Match[str]) -> str:
    return attribute["double"] or attribute["single"] or attribute["bare"] or ""


def _says_no(tag: Raw) -> bool:
    """Whether ``translate="no"`` or the class ``notranslate`` keeps the element as it is."""
    if "translate" not in tag.raw.lower():
        return False
    values = {name: _value(match).lower() for name, match in _attributes(tag).items()}
    return values.get("translate", "").strip() == "no" or "notranslate" in values.get("class", "").split()


def _is_text(tag: str, name: str, values: dict[str, str]) -> bool:
    if name == "content":
        said = values.get("name") or values.get("property") or ""
        return tag == "meta" and said.lower() in _TEXT_META
    if name == "value":
        return tag == "input" and values.get("type", "").lower() in ("submit", "button", "reset")
    return name in _TEXT_ATTRIBUTES and not (name == "title" and tag in ("link", "style"))


def _turn(tag: str, name: str, value: str) -> str:
    """What the attribute says of English where it said something of Arabic."""
    if name in ("lang", "xml:lang") or (
        tag == "meta" and name == "content" and re.fullmatch(r"ar(-\w+)?", value)
    ):
        return "en" if re.match(r"ar(?![^\W_])", value, re.I) else value
    if name == "dir":
        return "ltr" if value.lower() == "rtl" else value
    if name == "align" and tag in _ALIGNED:
        return "left" if value.lower() == "right" else value
    return turn_styles(value, alone=True) if name == "style" else value
