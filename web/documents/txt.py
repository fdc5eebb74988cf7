"""Plain text: every line break and blank line stays."""

from pathlib import PurePath

from translate import reading
from translate.encoding import decode
from translate.text import Article
from web.passages import Translate, translate_texts

_MARK = b"\xef\xbb\xbf"


def translate(data: bytes, translate: Translate) -> bytes:
    """The text in English, as UTF-8. Lines that were wrapped at a margin are joined to their sentences."""
    text = decode(data)
    article = reading.from_text(text, id="")
    texts = [" ".join(segment.text.split()) for segment in article.segments]
    made = translate_texts(texts, translate)
    gaps = article.gaps()
    pieces = [gaps[0]]
    for english, gap in zip(made, gaps[1:], strict=True):
        pieces += [english, gap]
    # Two sentences that nobody put a space between.
    pieces[2:-1:2] = [gap or " " for gap in pieces[2:-1:2]]
    body = "".join(pieces)
    if "\r\n" in text:
        body = body.replace("\n", "\r\n")
    return (_MARK if data.startswith(_MARK) else b"") + body.encode()


def read(data: bytes, name: str) -> Article:
    """The article in the text."""
    return reading.from_bytes(data, id=PurePath(name).stem, source=name, html=False)
