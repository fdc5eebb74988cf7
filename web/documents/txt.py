"""Plain text: every line break and blank line stays."""

from pathlib import PurePath

from translate import reading
from translate.encoding import decode
from translate.text import Article
from web.passages import Passage, Translate, translate_passages
from web.texts import cut

_MARK = b"\xef\xbb\xbf"


def translate(data: bytes, translate: Translate) -> bytes:
    """
    The text in English, as UTF-8.

    Lines that were wrapped at a margin are joined to their sentences. Tabs divide columns, and stay.
    """
    text = decode(data)
    article = reading.from_text(text, id="")
    texts = [" ".join(map(str.strip, segment.text.split("\n"))) for segment in article.segments]
    passages = [Passage(text) for text in texts]
    made = translate_passages(passages, translate, divide=lambda text: cut(text).spans)
    gaps = article.gaps()
    pieces = [gaps[0]]
    for english, gap in zip(made, gaps[1:], strict=True):
        pieces += [english.text, gap]
    # Two sentences that nobody put a space between.
    pieces[2:-1:2] = [gap or " " for gap in pieces[2:-1:2]]
    body = "".join(pieces)
    if "\r\n" in text:
        body = body.replace("\n", "\r\n")
    return (_MARK if data.startswith(_MARK) else b"") + body.encode()


def read(data: bytes, name: str) -> Article:
    """The article in the text."""
    return reading.from_bytes(data, id=PurePath(name).stem, source=name, html=False)
