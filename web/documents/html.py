"""Web pages saved as files."""

import re
from pathlib import PurePath

from translate import reading
from translate.encoding import decode
from translate.text import Article
from web.markup import translate_html
from web.passages import Translate
from web.styles import turn_styles

_MARK = b"\xef\xbb\xbf"
_DECLARED = re.compile(r"(<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*)[\w.:-]+", re.I)
_STYLES = re.compile(r"(<style\b[^>]*>)(.*?)(</style\s*>)", re.I | re.S)


def translate(data: bytes, translate: Translate) -> bytes:
    """The page in English, in UTF-8 and saying so, written from left to right."""
    page = declare_utf8(turn_style_elements(translate_html(decode(data), translate)))
    return (_MARK if data.startswith(_MARK) else b"") + page.encode()


def turn_style_elements(page: str) -> str:
    """The page with its own style sheets turned from right-to-left; scripts are let alone."""
    return _STYLES.sub(lambda match: match[1] + turn_styles(match[2]) + match[3], page)


def declare_utf8(page: str) -> str:
    """The page, saying of itself that it is in UTF-8 wherever it names an encoding."""
    return _DECLARED.sub(r"\1utf-8", page[:4096]) + page[4096:]


def read(data: bytes, name: str) -> Article:
    """The article on the page."""
    return reading.from_bytes(data, id=PurePath(name).stem, source=name, html=True)
