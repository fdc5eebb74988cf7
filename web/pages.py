"""
What every page shares: the language of the interface, its messages, and how pages are to look.

Templates get ``t`` (a message), ``language`` and ``direction`` of the interface,
``looks``, ``chunk_rows``, ``number``, ``moment``, ``source_name``, ``warning_text``,
``messages_json``, ``in_language`` and ``source_direction``. Messages live in
``web/messages/en.json`` and ``ar.json``; a module may bring its own as ``en.<name>.json`` and
``ar.<name>.json`` beside them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, render_template, request
from markupsafe import Markup

from translate.errors import BadInput
from web.exports.bidi import runs_against

DIRECTIONS = {"en": "ltr", "ar": "rtl"}
_YEAR_S = 365 * 24 * 3600
# Browsers lay out and paint so many rows at once. Fewer would leave them, in a long article, more places to
# look after in every frame than a frame has time for; more would take too long when they come into view.
CHUNK_ROWS = 20

# A message is a text, or texts by plural category.
Message = str | dict[str, str]


@dataclass(frozen=True, slots=True)
class Looks:
    """
    How a reader wants pages to look, as their browser remembers it.

    ``view`` is both, source or target; ``order`` the language of the first
    column; sizes are steps from 1 to 7 with 4 in the middle.
    """

    view: str = "both"
    theme: str = "system"
    order: str = "source"
    furniture: str = "folded"
    tashkeel: str = "shown"
    reveal: str = "off"
    source_size: str = "4"
    target_size: str = "4"


_SIZES = tuple("1234567")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "view": ("both", "source", "target"),
    "theme": ("system", "light", "dark"),
    "order": ("source", "target"),
    "furniture": ("folded", "shown"),
    "tashkeel": ("shown", "hidden"),
    "reveal": ("off", "on"),
    "source_size": _SIZES,
    "target_size": _SIZES,
}

# What translate.checks says, as patterns that Python and JavaScript read alike, and our message for it.
WARNINGS: tuple[tuple[str, str], ...] = (
    (r"^The translation is empty\.$", "warning.empty"),
    (r"^The sentence was not translated\.$", "warning.copied"),
    (
        r"^This may not be Arabic but another language in its letters, such as Persian or Urdu\.$",
        "warning.language",
    ),
    (r"^Arabic is left in the translation: (.+)\.$", "warning.arabic_left"),
    (r"^The translation repeats itself: (.+)\.$", "warning.repeats"),
    (r"^The translation may be cut short: (\d+) words? for (\d+) in Arabic\.$", "warning.short"),
    (r"^The translation may be cut short: it ends without a full stop\.$", "warning.no_stop"),
    (r"^The translation may say too much: (\d+) words? for (\d+) in Arabic\.$", "warning.long"),
    (r"^(.+) is missing from the translation\.$", "warning.missing"),
    (r"^(.+) is in the translation but not in the Arabic\.$", "warning.invented"),
    (r"^A quotation mark in the translation has no partner\.$", "warning.quotation"),
    (r"^A bracket in the translation has no partner\.$", "warning.bracket"),
    (
        r"^The translation was still going on at its length limit and may not be whole\.$",
        "warning.unfinished",
    ),
)

blueprint = Blueprint("pages", __name__)


def language() -> str:
    """The interface's language: asked for in the address, else remembered, else what the browser prefers."""
    if "interface_language" not in g:
        asked = request.args.get("lang", "")
        remembered = request.cookies.get("lang", "")
        g.interface_language = next(c for c in (asked, remembered, preferred_language()) if c in DIRECTIONS)
    return str(g.interface_language)


def preferred_language() -> str:
    """The first language of the header Accept-Language, of whatever country, that we speak; else English."""
    wanted = (value.partition("-")[0].lower() for value, quality in request.accept_languages if quality)
    return next((code for code in wanted if code in DIRECTIONS), "en")


def t(key: str, **values: object) -> str:
    """
    The message ``key`` in the interface's language, with ``values`` in the places of ``{name}``.

    ``count`` chooses the plural form. Texts are isolated, so that an Arabic
    title inside an English sentence disturbs nothing around it.
    """
    return message(language(), key, **values)


def message(code: str, key: str, **values: object) -> str:
    """The message ``key`` in the language ``code``; in English where nobody has translated it."""
    found = catalogue(code).get(key) or catalogue("en").get(key)
    if found is None:
        raise BadInput(f"No message named {key!r} in web/messages/{code}.json; add it there.")
    if isinstance(found, dict):
        found = found.get(plural(code, int(str(values.get("count", 0)))), found["other"])
    return re.sub(r"\{(\w+)\}", lambda m: _shown(values.get(m[1], m[0])), found)


def plural(code: str, count: int) -> str:
    """
    The plural category of ``count`` (Unicode CLDR), for English and Arabic.

    >>> plural("en", 2), [plural("ar", n) for n in (0, 1, 2, 5, 11, 100)]
    ('other', ['zero', 'one', 'two', 'few', 'many', 'other'])
    """
    if code != "ar":
        return "one" if count == 1 else "other"
    if count < 3:
        return ("zero", "one", "two")[count]
    rest = count % 100
    if 3 <= rest <= 10:
        return "few"
    return "many" if rest >= 11 else "other"


@cache
def catalogue(code: str) -> dict[str, Message]:
    """All messages of one language, from every file of ``web/messages`` that begins with its code."""
    found: dict[str, Message] = {}
    for file in sorted((files("web") / "messages").iterdir(), key=lambda file: file.name):
        if file.name.startswith(f"{code}.") and file.name.endswith(".json"):
            found |= json.loads(file.read_text(encoding="utf-8"))
    return found


def messages_json(*prefixes: str) -> Markup:
    """The messages whose keys begin with one of ``prefixes``, and warnings' patterns, for a page's script."""
    chosen = {
        key: catalogue(language()).get(key, text)
        for key, text in catalogue("en").items()
        if key.startswith(prefixes)
    }
    data = {"language": language(), "messages": chosen, "warnings": WARNINGS}
    # Nothing inside may end the script element that holds it.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def warning_text(warning: str) -> str:
    """A translator's warning in the interface's language, or as it is where it is of no known kind."""
    if language() == "en":
        return warning
    for pattern, key in WARNINGS:
        if found := re.match(pattern, warning):
            return t(key, **dict(zip("ab", found.groups(), strict=False)))
    return warning


def number(value: float, decimals: int = 0) -> str:
    """A number with thousands grouped, in the digits that news in both languages uses here."""
    return f"{value:,.{decimals}f}"


def moment(when: datetime) -> str:
    """A day as people write it: 26 November 2026."""
    return f"{when.day} {t(f'month.{when.month}')} {when.year}"


def source_name(source: str) -> str:
    """
    Where an article comes from, in few words: a page's host, a file's name.

    >>> source_name("https://www.example.org/news/1"), source_name("/home/me/article.txt")
    ('example.org', 'article.txt')
    """
    if source.lower().startswith(("http://", "https://")):
        return source.split("/")[2].removeprefix("www.")
    return source.replace("\\", "/").rstrip("/").rpartition("/")[2]


def source_direction(text: str) -> str:
    """In which direction a line of an article runs: an Arabic one may quote a line in Latin letters."""
    return "ltr" if runs_against(text, "rtl") else "rtl"


def looks() -> Looks:
    """How pages are to look, from the cookie ``looks``; what is not a known choice is left at its default."""
    asked = dict(
        part.split(".", 1) for part in request.cookies.get("looks", "").split("-") if part.count(".") == 1
    )
    return Looks(**{name: asked[name] for name in CHOICES if asked.get(name) in CHOICES[name]})


def in_language(code: str) -> str:
    """This page's address with the interface in another language."""
    arguments = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{request.path}?{urlencode([*arguments, ('lang', code)])}"


def render_error(status: int, text: str, *, busy: bool = True) -> tuple[str, int]:
    """
    A page that says what went wrong and where to go from here.

    A 503 that is no matter of waiting (not ``busy``) is told as what failed here.
    """
    known = catalogue("en")
    kind = status if busy or status != 503 else 500
    heading = t(f"error.{kind}") if f"error.{kind}" in known else t("error.other")
    hint = t(f"error.{kind}.hint") if f"error.{kind}.hint" in known else ""
    return render_template("error.html", status=status, heading=heading, text=text, hint=hint), status


@blueprint.app_context_processor
def globals_for_templates() -> dict[str, Any]:
    """The names that every template may use."""
    return {
        "t": t,
        "language": language(),
        "direction": DIRECTIONS[language()],
        "looks": looks(),
        "chunk_rows": CHUNK_ROWS,
        "looks_attributes": looks_attributes,
        "number": number,
        "moment": moment,
        "source_direction": source_direction,
        "source_name": source_name,
        "warning_text": warning_text,
        "messages_json": messages_json,
        "in_language": in_language,
    }


def looks_attributes() -> Markup:
    """The looks as attributes of the page's root element, which the stylesheet reads."""
    chosen = looks()
    return Markup(" ").join(
        Markup('data-{}="{}"').format(field.name.replace("_", "-"), getattr(chosen, field.name))
        for field in fields(chosen)
    )


@blueprint.after_app_request
def remember_language(response: Response) -> Response:
    """Keep the interface language that the address asked for."""
    asked = request.args.get("lang", "")
    if asked in DIRECTIONS and response.mimetype == "text/html":
        response.set_cookie("lang", asked, max_age=_YEAR_S, samesite="Lax", httponly=True)
    if response.mimetype == "text/html":
        response.vary.update(("Cookie", "Accept-Language"))
    return response


def _shown(value: object) -> str:
    """A value inside a message; a text between marks that isolate its direction (U+2068, U+2069)."""
    if isinstance(value, int):
        return number(value)
    return str(value) if isinstance(value, float) else f"\u2068{value}\u2069"
