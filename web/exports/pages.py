"""The article as one HTML file that needs no other, and the markup that the book shares with it."""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape

from align.formats import xml
from web.exports.bidi import Direction, closed, runs
from web.exports.units import Reading


def write(reading: Reading, reference: str = "") -> bytes:
    """A page with a row per unit: English, the reference where one comes along, Arabic."""
    style = stylesheet("article.css")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    page = render("article.html", reading, reference, style=Markup(style), style_hash=digest)
    return page.encode("utf-8", "xmlcharrefreplace")


def render(template: str, reading: Reading, reference: str, **more: object) -> str:
    """A template filled in with an article; all text from outside is escaped."""
    text: str = (
        _environment()
        .get_template(template)
        .render(
            title=xml.legal(reading.title),
            english_title=xml.legal(reading.english_title),
            source=xml.legal(reading.source),
            models=xml.legal(reading.models),
            reference=xml.legal(reference),
            paragraphs=reading.paragraphs,
            **more,
        )
    )
    return text


def stylesheet(name: str) -> str:
    """A style sheet that lies beside this module."""
    return files("web.exports").joinpath(name).read_text(encoding="utf-8")


def isolated(text: str, direction: Direction) -> Markup:
    """``text`` as markup in which pieces of the other direction are isolated."""
    pieces: list[Markup] = []
    other = "ltr" if direction == "rtl" else "rtl"
    for piece, foreign in runs(closed(xml.legal(text)), direction):
        pieces.append(Markup('<bdi dir="{}">{}</bdi>').format(other, piece) if foreign else escape(piece))
    return Markup("").join(pieces)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment: Any = Environment(
        loader=PackageLoader("web.exports", "."), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["isolated"] = isolated
    return environment  # type: ignore[no-any-return]
