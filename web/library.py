"""The library: every article with both titles, and search over all of them in both languages."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from markupsafe import Markup

from web.records import Hit
from web.runtime import runtime

_RESULTS = 100
# A concordance line shows this much of a long sentence on either side of what was found, in code points.
_CONTEXT = 160

blueprint = Blueprint("library", __name__)


@blueprint.get("/")
def show_library() -> str:
    """All articles, the newest first, and the form that adds one."""
    current = runtime()
    return render_template(
        "library.html",
        entries=current.store.entries(),
        upload_megabytes=current.settings.upload_bytes // 2**20,
        fetch_urls=current.settings.fetch_urls,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A search result as it is shown: both texts with what was found marked."""

    hit: Hit
    source: Markup
    target: Markup


@blueprint.get("/search")
def show_search() -> str:
    """Lines of all articles in which the words stand, marked on both sides."""
    query = " ".join(request.args.get("q", "").split())[:200]
    hits = runtime().store.search(query, _RESULTS) if query else []
    titles = {entry.id: entry for entry in runtime().store.entries()} if hits else {}
    groups: dict[int, list[Line]] = {}
    for hit in hits:
        line = Line(hit, marked(hit.source, hit.source_spans), marked(hit.target, hit.target_spans))
        groups.setdefault(hit.article_id, []).append(line)
    return render_template(
        "search.html",
        query=query,
        count=len(hits),
        full=len(hits) >= _RESULTS,
        groups=[
            (titles[article], sorted(lines, key=lambda line: line.hit.position))
            for article, lines in groups.items()
            if article in titles
        ],
    )


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """
    ``text`` with ``<mark>`` around ``spans``, cut to what stands around the first of them.

    Everything else in the text stays text: markup in it is escaped.

    >>> marked("a < b", [(0, 1)])
    Markup('<mark>a</mark> &lt; b')
    """
    ordered = sorted(span for span in spans if 0 <= span[0] < span[1] <= len(text))
    begin, end = _window(text, ordered)
    pieces = [Markup("…") if begin else Markup("")]
    position = begin
    for start, stop in ordered:
        if start < position or stop > end:
            continue
        pieces += [Markup.escape(text[position:start]), Markup("<mark>{}</mark>").format(text[start:stop])]
        position = stop
    pieces += [Markup.escape(text[position:end]), Markup("…") if end < len(text) else Markup("")]
    return Markup("").join(pieces)


def _window(text: str, spans: list[tuple[int, int]]) -> tuple[int, int]:
    """The part of a long text to show, cut between words."""
    if len(text) <= 3 * _CONTEXT:
        return 0, len(text)
    first, last = spans[0] if spans else (0, 0)
    begin, end = max(0, first - _CONTEXT), min(len(text), last + 2 * _CONTEXT)
    if begin:
        begin = text.find(" ", begin, first) + 1 or begin
    if end < len(text):
        end = max(text.rfind(" ", last, end), last) if " " in text[last:end] else end
    return begin, end
