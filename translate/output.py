"""Translated articles as text, TSV, JSON, Markdown and HTML."""

import html
import json
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files

from translate.text import Kind, Segment, TranslatedArticle, Translation

Rows = Iterator[tuple[Segment, Translation | None]]

_TSV_COLUMNS = (
    "article",
    "paragraph",
    "kind",
    "start",
    "end",
    "source",
    "translation",
    "score",
    "warnings",
    "model",
)


def render(articles: Sequence[TranslatedArticle], form: str, *, several: bool) -> str:
    """
    The articles in one of :data:`FORMATS`; ``several`` says that more than one input was asked for.

    Every form but text shows source and target side by side; all but text name
    the model. Segments without a translation stay in, marked as such.
    """
    return FORMATS[form](articles, several)


def article_object(article: TranslatedArticle) -> dict[str, object]:
    """One article for JSON: offsets are code points into ``body``; ``translation`` is null where left out."""
    models = sorted({t.model for t in article.translations if t})
    return {
        "id": article.article.id,
        "source": article.article.source,
        "language": article.article.language,
        "title": article.article.title,
        "model": models[0] if models else "",
        "segments": [
            {
                "text": segment.text,
                "start": segment.start,
                "end": segment.end,
                "paragraph": segment.paragraph,
                "kind": segment.kind.value,
                "translation": translation.text if translation else None,
                "score": round(translation.score, 4)
                if translation and translation.score is not None
                else None,
                "warnings": list(translation.warnings) if translation else [],
            }
            for segment, translation in _rows(article)
        ],
    }


def _rows(article: TranslatedArticle) -> Rows:
    return zip(article.article.segments, article.translations, strict=True)


def _text(articles: Sequence[TranslatedArticle], several: bool) -> str:
    """English only, with the source's paragraphs and blank lines."""
    parts = []
    for article in articles:
        lines = [line.rstrip() for line in article.text.split("\n")]
        heading = f"==> {article.article.id} <==\n" if several else ""
        parts.append(heading + "\n".join(lines).strip("\n") + "\n")
    return "\n".join(parts)


def _tsv(articles: Sequence[TranslatedArticle], _several: bool) -> str:
    lines = ["\t".join(_TSV_COLUMNS)]
    for article in articles:
        for segment, translation in _rows(article):
            score = "" if translation is None or translation.score is None else f"{translation.score:.4f}"
            cells = (
                article.article.id,
                str(segment.paragraph),
                segment.kind.value,
                str(segment.start),
                str(segment.end),
                segment.text,
                translation.text if translation else "",
                score,
                " ".join(translation.warnings) if translation else "",
                translation.model if translation else "",
            )
            lines.append("\t".join(_escape_tsv(cell) for cell in cells))
    return "\n".join(lines) + "\n"


def _escape_tsv(cell: str) -> str:
    """Backslash escapes as in the IANA TSV practice, so that a cell is never cut in two."""
    return cell.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _json(articles: Sequence[TranslatedArticle], several: bool) -> str:
    objects = [article_object(article) for article in articles]
    shown: object = objects if several or len(objects) != 1 else objects[0]
    return json.dumps(shown, ensure_ascii=False, indent=2) + "\n"


def _jsonl(articles: Sequence[TranslatedArticle], _several: bool) -> str:
    return "".join(json.dumps(article_object(article), ensure_ascii=False) + "\n" for article in articles)


def _markdown(articles: Sequence[TranslatedArticle], _several: bool) -> str:
    parts = []
    for article in articles:
        model = article_object(article)["model"]
        parts.append(f"## {_escape_markdown(article.article.title)}\n")
        parts.append(f"{_escape_markdown(article.article.id)}, translated by {model or 'nobody'}\n")
        parts.append("| العربية | English |\n|---:|:---|")
        for segment, translation in _rows(article):
            source = _escape_markdown(segment.text)
            target = (
                _escape_markdown(translation.text) if translation else f"*({segment.kind.value}, left out)*"
            )
            if segment.kind is Kind.HEADING:
                source, target = f"**{source}**", f"**{target}**"
            notes = (
                "".join(f"<br>⚠ {_escape_markdown(w)}" for w in translation.warnings) if translation else ""
            )
            parts.append(f"| {source} | {target}{notes} |")
        parts.append("")
    return "\n".join(parts) + "\n"


def _escape_markdown(text: str) -> str:
    text = html.escape(text.replace("\n", " "), quote=False)
    for mark in "\\|*_`[]":
        text = text.replace(mark, "\\" + mark)
    return text


def _style() -> str:
    return files("translate").joinpath("output.css").read_text(encoding="utf-8")


def _html(articles: Sequence[TranslatedArticle], _several: bool) -> str:
    """One self-contained page: nothing is fetched, both scripts say their language and direction."""
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{html.escape(articles[0].article.title if len(articles) == 1 else 'Muwazi')}</title>",
        f"<style>\n{_style()}</style>\n</head>\n<body>",
    ]
    for article in articles:
        model = article_object(article)["model"]
        parts.append(f'<h2 lang="ar" dir="rtl">{html.escape(article.article.title)}</h2>')
        made = f"{article.article.id} · translated by {model}" if model else article.article.id
        parts.append(f'<p class="made">{html.escape(made)}</p>\n<table>')
        parts.append(
            '<thead><tr><th scope="col">English</th><th scope="col" lang="ar" dir="rtl">العربية</th>'
        )
        parts.append("</tr></thead>")
        paragraph = -1
        for segment, translation in _rows(article):
            classes = [segment.kind.value] + (["first"] if segment.paragraph != paragraph else [])
            paragraph = segment.paragraph
            target = html.escape(translation.text) if translation else ""
            notes = [*translation.warnings] if translation else [f"{segment.kind.value}, left out"]
            target += "".join(f'<span class="note">{html.escape(note)}</span>' for note in notes)
            parts.append(
                f'<tr class="{" ".join(classes)}"><td lang="en" dir="ltr">{target}</td>'
                f'<td lang="ar" dir="rtl">{html.escape(segment.text)}</td></tr>'
            )
        parts.append("</table>")
    parts.append("</body>\n</html>")
    return "\n".join(parts) + "\n"


FORMATS: dict[str, Callable[[Sequence[TranslatedArticle], bool], str]] = {
    "text": _text,
    "tsv": _tsv,
    "json": _json,
    "jsonl": _jsonl,
    "html": _html,
    "md": _markdown,
}
SUFFIXES = {"text": ".txt", "tsv": ".tsv", "json": ".json", "jsonl": ".jsonl", "html": ".html", "md": ".md"}
