"""
The article on a web page: its headline, sub-headings and paragraphs, without the page around it.

Two readers work together. Ours walks the page and knows its structure: what is
a heading, where a paragraph ends, what is link upon link. trafilatura (Barbaresi
2021) knows which of that is the article. It is made for long articles and may
drop short ones, or their sub-headings; so what stands between the paragraphs it
keeps is kept, and where it keeps less than half, ours decides alone.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import lxml.etree as etree
import lxml.html as html

from translate.normalize import INVISIBLE


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_HEADINGS = _tags("h1 h2 h3 h4 h5 h6")
_BLOCKS = _HEADINGS | _tags(
    "address article blockquote body br center dd details div dl dt fieldset figure footer form header hr li"
    " main ol p pre section summary table tbody td tfoot th thead tr ul"
)
_LISTED = _tags("dd li td th")
_COLUMNS = _tags("article body div main ol section td ul")  # What holds paragraphs.
_NEVER = _tags(
    "aside audio button canvas datalist dialog embed figcaption iframe input label math menu nav noscript"
    " object script select style svg template textarea title video"
)
# Names that page makers give to what surrounds an article, as whole words of a class or an id.
_AROUND = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|banner|breadcrumbs?|bylines?|captions?|comments?|consent|cookies?|copyright|editsection|"
    r"footer|gdpr|login|masthead|menu|modal|more-on|most-?read|most-?viewed|nav|navbar|navigation|newsletter|"
    r"pagination|pager|popular|popup|promo\w*|read-?also|read-?more|recommend\w*|related\w*|respond|rss|search|"
    r"shar(?:e|ing)\w*|sidebar|social\w*|sponsor\w*|subscri\w+|tags?|tagcloud|ticker|toolbar|trending|widget)"
    r"(?=$|[\s_-])",
    re.I,
)
# "with-sidebar", "no-comments", "social-share-on": a setting of the page, on the box of the article itself.
_SETTING = re.compile(
    r"(?<!\S)(?:(?:no|has|with|without)[_-]\S+|\S+[_-](?:on|off|open|closed|enabled|disabled|below))(?!\S)",
    re.I,
)
_OTHER_TEXTS = re.compile(r"comment|respond|related|read-?also|recommend|most-?(?:read|viewed)", re.I)
_ANCHORS = "descendant-or-self::*[self::h1 or self::article or self::main or @itemprop='articleBody']"
_BLANK = re.compile(f"[\\s{INVISIBLE}]*")
_TITLE_JOINT = re.compile(r"\s+[|–—»:-]+\s+")
_LOOKS_LIKE_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"<(?:!doctype\s+html|html|head|body|article|main|section|header|div|p|h[1-6]|meta|title|table|script)\b",
    re.I | re.S,
)
_CLOSING = re.compile(r"</(?:p|div|h[1-6]|li|td|article|section|body)\s*>", re.I)


_RAISED = {"sup": str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"), "sub": str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")}


@dataclass(frozen=True, slots=True)
class Block:
    """
    A paragraph, heading, list item or cell: its text on one line, and whether it is a heading.

    ``listed`` are items and cells, which head nothing.
    """

    text: str
    heading: bool = False
    listed: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """A block where it stands on the page."""

    text: str
    tag: str
    column: int  # Number of the box that holds it; the paragraphs of an article share one.
    linked: float  # Share of its characters that are links.

    @property
    def is_heading(self) -> bool:
        return self.tag in _HEADINGS

    @property
    def is_text(self) -> bool:
        """Whether it is more than a link to something else."""
        return self.linked < 0.7 or (len(self.text.split()) > 10 and self.text.endswith((".", "؟", "!")))


def looks_like_html(text: str) -> bool:
    """Whether ``text`` begins as HTML does, or closes paragraphs and boxes again and again."""
    return bool(_LOOKS_LIKE_HTML.match(text)) or len(_CLOSING.findall(text[:100_000])) >= 2


def extract(page: str) -> tuple[str, tuple[Block, ...]]:
    """
    The title and the blocks of the article on an HTML page.

    The title is the headline where the page repeats it in its metadata, and
    what the metadata say otherwise; it may be empty. No blocks means that the
    page holds no text.
    """
    title, blocks = _read(page, trust_names=True)
    if all(block.heading for block in blocks):
        # The article's own box has a name that others give to what surrounds one.
        title, blocks = _read(page, trust_names=False)
    return title, blocks


def _read(page: str, *, trust_names: bool) -> tuple[str, tuple[Block, ...]]:
    tree = _parse(page)
    if tree is None:
        return "", ()
    titles = _titles(tree)
    _prune(tree, trust_names)
    found = list(_walk(tree))
    chosen = _choose(found, _article_keys(tree), [_key(title) for title in titles])
    blocks = tuple(Block(found[i].text, found[i].is_heading, found[i].tag in _LISTED) for i in chosen)
    return next((b.text for b in blocks[:1] if b.heading), next(iter(titles), "")), blocks


def _parse(page: str) -> html.HtmlElement | None:
    # libxml2 stops at NUL and refuses surrogates; both are noise on a page.
    clean = re.sub("[\x00-\x08\x0e-\x1f\ud800-\udfff]", " ", page)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return html.document_fromstring(clean.encode(), parser=parser)
    except etree.ParserError:  # Nothing but comments or blanks.
        return None


def _titles(tree: html.HtmlElement) -> list[str]:
    """What the page says its title is, most trustworthy first, without the site's name."""
    said = [
        *tree.xpath("//meta[@property='og:title' or @name='og:title' or @name='twitter:title']/@content"),
        *(title.text_content() for title in tree.xpath("//head/title|//body/title")),
    ]
    names = [" ".join(text.split()) for text in said if text.strip()]
    # "Headline | Site": the longest part is the headline.
    return [max(_TITLE_JOINT.split(name), key=len) for name in names]


def _prune(tree: html.HtmlElement, trust_names: bool) -> None:
    """
    Remove what is never an article: scripts, navigation, side columns, forms, comments, hidden boxes.

    Where names are not trusted, tags and attributes alone tell. What holds most of the text is kept, as
    the article's own box may have such a name; comments and related articles, which may be longer than
    the article, go first.
    """
    for element in list(tree.iter(*_NEVER)):
        _drop(element)
    body = tree.find("body")
    if body is None:
        return
    around = [
        element
        for element in body.iterdescendants(etree.Element)
        if _is_around(element, trust_names) and not element.xpath(_ANCHORS)
    ]
    if trust_names:
        for element in around:
            if _OTHER_TEXTS.search(_names(element)):
                _drop(element)
    whole = _unlinked(body)
    for element in around:
        if _unlinked(element) <= whole / 2:
            _drop(element)


def _unlinked(element: html.HtmlElement) -> int:
    """Characters outside of links, so that a short article outweighs a long list of others."""
    return len(element.text_content()) - sum(len(link.text_content()) for link in element.iter("a"))


def _is_around(element: html.HtmlElement, trust_names: bool) -> bool:
    if element.tag in ("footer", "form"):
        return True
    if element.tag == "header":
        return not element.xpath("ancestor::article or ancestor::main")
    if element.get("hidden") is not None or "display:none" in (element.get("style") or "").replace(" ", ""):
        return True
    return element.get("aria-hidden") == "true" or (trust_names and bool(_AROUND.search(_names(element))))


def _names(element: html.HtmlElement) -> str:
    """Class, id and role, without the settings among them."""
    return _SETTING.sub("", " ".join(element.get(name) or "" for name in ("class", "id", "role")))


def _drop(element: html.HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _walk(tree: html.HtmlElement) -> Iterator[_Found]:
    """The blocks of the page in reading order."""
    body = tree.find("body")
    pieces: list[tuple[str, bool]] = []  # Text of the block so far, and whether it is linked.
    inside: list[tuple[str, int]] = []  # Tag and number of the block elements around it, outermost first.
    links = count = 0

    def flush() -> Iterator[_Found]:
        text = " ".join("".join(piece for piece, _ in pieces).split())
        linked = sum(len(piece) for piece, is_link in pieces if is_link)
        pieces.clear()
        if not _BLANK.fullmatch(text) and inside:
            tag = next((tag for tag, _ in inside if tag in _HEADINGS), inside[-1][0])
            # Lines of one box belong together, as do the paragraphs of one column.
            column = next((number for tag, number in reversed(inside) if tag in _COLUMNS), 0)
            yield _Found(text, tag, column, linked / len(text))

    for event, element in etree.iterwalk(tree if body is None else body, events=("start", "end")):
        is_block = element.tag in _BLOCKS
        if is_block:
            yield from flush()
        if element.tag == "q":  # Browsers draw the marks.
            pieces.append(("«" if event == "start" else "»", links > 0))
        if event == "start":
            if is_block:
                count += 1
                inside.append((str(element.tag), count))
            links += element.tag == "a"
            text = element.text or ""
            # Without this 10⁶ would be read as 106.
            raised = _RAISED.get(str(element.tag)) if text.strip().isdecimal() and text.isascii() else None
            pieces.append((text.translate(raised) if raised else text, links > 0))
        else:
            if is_block:
                inside.pop()
            links -= element.tag == "a"
            pieces.append((element.tail or "", links > 0))


def _article_keys(tree: html.HtmlElement) -> list[str]:
    """What trafilatura takes for the article, one key per stretch of text; empty where it finds none."""
    import logging

    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # A page without an article is no accident.
    document = bare_extraction(tree, include_comments=False, include_tables=True, with_metadata=False)
    body = getattr(document, "body", None)
    if body is None:
        return []
    lines = (line for text in body.itertext() for line in str(text).splitlines())
    return [key for key in map(_key, lines) if key]


def _choose(found: Sequence[_Found], article: Sequence[str], titles: Sequence[str]) -> list[int]:
    """Indices of the blocks that are the article."""
    keys = [_key(block.text) for block in found]
    lines, whole = frozenset(article), "".join(article)
    kept = {i for i, key in enumerate(keys) if key in lines or (len(key) >= 20 and key in whole)}
    texts = [i for i, block in enumerate(found) if block.is_text]
    kept.intersection_update([*texts, *(i for i in kept if found[i].is_heading)])
    if sum(len(keys[i]) for i in kept) < sum(len(keys[i]) for i in texts) / 2:
        kept = set(texts)
    if not kept:
        return []
    first, last = min(kept), max(kept)
    columns = {found[i].column for i in kept}
    headings = [i for i in texts if i < first and found[i].is_heading]
    # A page whose metadata say something else still has its headline; a site's name is a link.
    likely = [i for i in headings if _is_title(keys[i], titles)] or [
        i for i in headings if found[i].tag == "h1"
    ]
    headline = likely[-1] if likely else first
    for i in texts:
        between = first < i < last and (found[i].is_heading or found[i].column in columns)
        standfirst = headline < i < first and found[i].tag in ("p", "h2") and len(found[i].text.split()) > 4
        heads_first = headline < i < first and found[i].is_heading and found[i].column == found[first].column
        following = i > last and found[i].tag == "p" and found[i].column == found[last].column
        if between or standfirst or heads_first or following or i == headline:
            kept.add(i)
    return sorted(kept)


def _is_title(key: str, titles: Sequence[str]) -> bool:
    return len(key) >= 8 and any(key in _key(title) or _key(title) in key for title in titles if title)


def _key(text: str) -> str:
    """Letters and digits alone: what two readings of one passage have in common."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text)))
