"""The library: every article with both titles, and search over all of them in both languages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from markupsafe import Markup

from web.records import Hit
from web.runtime import runtime
from web.store import folding

_RESULTS = 100
# A concordance line has this much of a long sentence on either side of what was found, in code points;
# how much of it can be seen depends on the screen.
_CONTEXT = 120

blueprint = Blueprint("library", __name__)


@blueprint.get("/")
def show_library() -> str:
    """All articles, the newest first, and the form that adds one."""
    current = runtime()
    return render_template(
        "library.html",
        entries=current.store.entries(),
        upload_megabytes=current.settings.upload_megabytes,
        fetch_urls=current.settings.fetch_urls,
    )


@dataclass(frozen=True, slots=True)
class Concordance:
    """A line with what was found in its middle; all of it is ``behind`` where nothing was found."""

    before: Markup
    found: Markup
    behind: Markup


@dataclass(frozen=True, slots=True)
class Line:
    """A search result as it is shown: both texts around what was found."""

    hit: Hit
    source: Concordance
    target: Concordance


@blueprint.get("/search")
def show_search() -> str:
    """Titles that hold the words, and the lines of all articles that do, marked on both sides."""
    query = " ".join(request.args.get("q", "").split())[:200]
    hits = runtime().store.search(query, _RESULTS) if query else []
    words = folding.query_words(query)
    titles = {entry.id: entry for entry in runtime().store.entries()} if words else {}
    # A title given by hand stands in no sentence.
    groups: dict[int, list[Line]] = {
        entry.id: [] for entry in titles.values() if folding.holds(entry.title, words)
    }
    for hit in hits:
        line = Line(hit, concordance(hit.source, hit.source_spans), concordance(hit.target, hit.target_spans))
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


def concordance(text: str, spans: Iterable[tuple[int, int]]) -> Concordance:
    """
    ``text`` around the longest of ``spans``, with as much of it before as behind.

    The longest, for a short word is often there only because it is linked with
    a part of what was found. Words of a phrase that stand together are found together. Everything in the
    text stays text: markup in it is escaped.

    >>> concordance("a < b < c", [(4, 5)])
    Concordance(before=Markup('a &lt; '), found=Markup('<mark>b</mark>'), behind=Markup(' &lt; c'))
    """
    ordered = sorted(span for span in spans if 0 <= span[0] < span[1] <= len(text))
    if not ordered:
        return Concordance(Markup(""), Markup(""), _marked(text, 0, _cut_behind(text, 2 * _CONTEXT), []))
    groups = [ordered[0]]
    for start, stop in ordered[1:]:
        if start >= groups[-1][1] and not text[groups[-1][1] : start].strip():
            groups[-1] = groups[-1][0], stop
        else:
            groups.append((start, stop))
    start, stop = max(groups, key=lambda group: group[1] - group[0])
    begin, end = start - _CONTEXT, _cut_behind(text, stop + _CONTEXT)
    # Cut between words, where there is one to cut at.
    begin = text.find(" ", begin - 1, start) + 1 or begin if begin > 0 else 0
    return Concordance(
        _marked(text, begin, start, ordered),
        _marked(text, start, stop, ordered),
        _marked(text, stop, end, ordered),
    )


def _cut_behind(text: str, end: int) -> int:
    if end >= len(text):
        return len(text)
    blank = text.rfind(" ", end - _CONTEXT + 1, end + 1)
    return end if blank < 0 else blank


def _marked(text: str, begin: int, end: int, spans: Sequence[tuple[int, int]]) -> Markup:
    """A part of the text with its spans marked, but for those that overlap others or the part's ends."""
    pieces = []
    position = begin
    for start, stop in spans:
        if start < position or stop > end:
            continue
        pieces += [Markup.escape(text[position:start]), Markup("<mark>{}</mark>").format(text[start:stop])]
        position = stop
    return Markup("").join([*pieces, Markup.escape(text[position:end])])
