"""
LibreTranslate's contract, and what ours adds to it: sentences with their places, and streams of them.

Checks come in the contract's order: q, source, target, alternatives, number of
texts, characters, languages, format, pair.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, g, jsonify, request, url_for

from align.words import link_sentences
from translate.errors import MuwaziError
from translate.text import Translation
from web import languages
from web.attachment import attachment
from web.desk import TranslationDesk
from web.errors import BadRequest, RateLimited
from web.keys import key_in_header
from web.languages import AUTO, Detection
from web.limits import Patience, caller, patience
from web.logs import log
from web.markup import translate_html
from web.parameters import Parameters, read_parameters, shown
from web.runtime import runtime
from web.texts import SplitText, cut

_FORMATS = ("text", "html")
_NDJSON, _SSE = "application/x-ndjson", "text/event-stream"
_SIDE_BY_SIDE = 8  # Pages of one request that are translated at a time, so that they share batches.
_MOST_SUGGESTIONS_BYTES = 16 * 1024 * 1024
_BYTES_PER_CHARACTER = 12  # An emoji as JSON or a form may write it.
_MARGIN_BYTES = 64 * 1024

blueprint = Blueprint("libretranslate", __name__)
_suggesting = threading.Lock()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to translate that has passed every check."""

    texts: tuple[str, ...]
    is_list: bool
    source: str
    is_html: bool
    alternatives: int
    segments: bool
    stream: str  # A media type, or empty.
    detected: tuple[Detection, ...]

    @property
    def is_arabic(self) -> list[bool]:
        """Which texts are to be translated; the others are English already, and copied."""
        return [found.language == "ar" for found in self.detected]

    def one_or_all(self, answers: Sequence[object]) -> object:
        """A list where a list was asked, else its only element."""
        return list(answers) if self.is_list else answers[0]


@blueprint.before_request
def admit() -> None:
    """Read the parameters; then the key, then how often it is used: before anything else is looked at."""
    if request.method != "POST":
        return
    here = runtime()
    if request.endpoint != "libretranslate.translate_file":
        request.max_content_length = _BYTES_PER_CHARACTER * here.settings.text_characters + _MARGIN_BYTES
    g.parameters = read_parameters()
    g.key = here.keys.admit(g.parameters.text("api_key") or key_in_header(request))
    g.key_name = g.key.name if g.key else None
    cost = len(g.parameters.several("q")) if g.parameters.is_json else 1
    here.limiter.admit(caller(), max(1, cost))


@blueprint.post("/translate")
def translate() -> Response:
    """A text, or a list of texts as one batch."""
    here = runtime()
    asked = read_asked(g.parameters)
    note(asked.texts)
    here.keys.check(g.key, g.characters)
    waits = patience(here.settings.request_seconds)
    if asked.stream:
        answer = _stream(asked, waits)
    else:
        results, answer_object = (
            _translate_pages(asked, waits) if asked.is_html else _translate_texts(asked, waits)
        )
        if asked.source == AUTO:
            answer_object["detectedLanguage"] = asked.one_or_all([found.as_json for found in asked.detected])
        if asked.alternatives:
            answer_object["alternatives"] = asked.one_or_all(_alternatives(asked, results, waits))
        answer = jsonify(answer_object)
    here.keys.count(g.key, g.characters)
    here.metrics.count_characters("libretranslate", g.characters)
    return answer


@blueprint.post("/detect")
def detect() -> Response:
    """Languages of a text, the likeliest first."""
    texts, _ = _read_texts(g.parameters)
    _check_characters(texts)
    return jsonify([found.as_json for found in languages.detect("\n".join(texts))])


@blueprint.get("/languages")
def list_languages() -> Response:
    """Languages, and into which each is translated."""
    return jsonify(
        [
            {"code": code, "name": name, "targets": list(languages.TARGETS[code])}
            for code, name in languages.NAMES.items()
        ]
    )


@blueprint.get("/frontend/settings")
def show_settings() -> Response:
    """Limits and languages, for clients that show them."""
    from web.documents import SUPPORTED

    settings = runtime().settings
    return jsonify(
        charLimit=settings.text_characters,
        frontendTimeout=500,
        apiKeys=settings.keys_required,
        keyRequired=settings.keys_required,
        suggestions=True,
        filesTranslation=True,
        supportedFilesFormat=list(SUPPORTED),
        language={
            "source": {"code": "ar", "name": languages.NAMES["ar"]},
            "target": {"code": "en", "name": languages.NAMES["en"]},
        },
    )


@blueprint.get("/health")
def show_health() -> Response:
    """The process answers. Whether it should be sent work is told by /ready."""
    return jsonify(status="ok")


@blueprint.post("/suggest")
def suggest() -> Response:
    """Keep somebody's better translation, one JSON object to a line, in ``suggestions.jsonl``."""
    parameters: Parameters = g.parameters
    values = {name: parameters.text(name) for name in ("q", "s", "source", "target")}
    for name, value in values.items():
        if not value:
            raise BadRequest(f"Invalid request: missing {name} parameter")
        if not isinstance(parameters.get(name), str):
            raise BadRequest(f"Invalid request: {name} parameter is not a text")
    _check_characters([values["q"], values["s"]])
    _check_languages(values["source"], values["target"])
    folder = runtime().settings.data
    line = json.dumps(values) + "\n"
    with _suggesting:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "suggestions.jsonl"
        if file.exists() and file.stat().st_size + len(line) > _MOST_SUGGESTIONS_BYTES:
            raise RateLimited("Slowdown: the server keeps no more suggestions", retry_after_s=3600)
        with file.open("a", encoding="ascii") as writing:
            writing.write(line)
    return jsonify(success=True)


@blueprint.post("/translate_file")
def translate_file() -> Response:
    """Translate a document; says where it can be fetched."""
    parameters: Parameters = g.parameters
    here = runtime()
    if "file" not in request.files:
        raise BadRequest("Invalid request: missing file parameter")
    for name in ("source", "target"):
        if not parameters.text(name):
            raise BadRequest(f"Invalid request: missing {name} parameter")
    upload = request.files["file"]
    if not upload.filename:
        raise BadRequest("Invalid request: empty file")
    _check_languages(parameters.text("source"), parameters.text("target"))
    waits = patience(here.settings.request_seconds)
    key = g.key

    def translate_sentences(sentences: list[str]) -> list[str]:
        characters = sum(map(len, sentences))
        here.keys.check(key, characters)
        made = here.desk.translate(sentences, waits.deadline, waits.cancelled)
        here.keys.count(key, characters)
        here.metrics.count_characters("libretranslate", characters)
        return texts_of(made)

    from web.documents import translate_document

    data, filename = translate_document(upload.read(), upload.filename, translate_sentences)
    name = here.shelf.put(data, filename)
    address = url_for("libretranslate.download_file", name=name, _external=True)
    return jsonify(translatedFileUrl=address)


@blueprint.get("/download_file/<name>")
def download_file(name: str) -> Response:
    """A document that was translated."""
    data, filename = runtime().shelf.get(name)
    return attachment(data, "application/octet-stream", filename)


def read_asked(parameters: Parameters) -> Asked:
    """What a request to translate asks for. Raises BadRequest in the contract's words and order."""
    settings = runtime().settings
    texts, is_list = _read_texts(parameters)
    for name in ("source", "target"):
        if not parameters.text(name):
            raise BadRequest(f"Invalid request: missing {name} parameter")
    source, target = parameters.text("source"), parameters.text("target")
    alternatives = _read_alternatives(parameters.get("alternatives"))
    if is_list and len(texts) > settings.batch_size:
        raise _beyond(len(texts), settings.batch_size)
    _check_characters(texts)
    form = parameters.text("format") or "text"
    for code in (source, target):
        if code not in languages.NAMES and (code != AUTO or code is target):
            raise BadRequest(f"{shown(code)} is not supported")
    if form not in _FORMATS:
        raise BadRequest(f"{shown(form)} format is not supported")
    detected = (
        languages.detect_each(texts, is_markup=form == "html")
        if source == AUTO
        else [Detection(source, 100) for _ in texts]
    )
    if source == AUTO and target == "en":
        pass  # What is English already is copied.
    elif target not in languages.TARGETS[detected[0].language]:
        raise _no_pair(detected[0].language, target)
    stream = _read_stream(parameters)
    segments = parameters.flag("segments")
    if form == "html" and (stream or segments):
        raise BadRequest("Invalid request: segments and stream are for the text format")
    if stream and alternatives:
        raise BadRequest("Invalid request: alternatives cannot be streamed")
    return Asked(
        tuple(texts), is_list, source, form == "html", alternatives, segments, stream, tuple(detected)
    )


def note(texts: Sequence[str]) -> None:
    """Keep what the log says of the request."""
    g.characters = sum(map(len, texts))
    g.texts = list(texts)


def _read_texts(parameters: Parameters) -> tuple[list[str], bool]:
    q = parameters.get("q")
    if not q:
        raise BadRequest("Invalid request: missing q parameter")
    if not parameters.is_json:
        return [q.replace("\r\n", "\n").replace("\r", "\n")], False
    texts = q if isinstance(q, list) else [q]
    if not all(isinstance(text, str) for text in texts):
        raise BadRequest("Invalid request: q parameter is not a text or a list of texts")
    return texts, isinstance(q, list)


def _read_alternatives(value: object) -> int:
    """Capped; a number beyond the cap is no error, but no number is."""
    if value is None or value == "":
        return 0
    try:
        number: int = int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        raise BadRequest("Invalid request: alternatives parameter is not a number") from None
    return max(0, min(number, runtime().settings.alternatives))


def _read_stream(parameters: Parameters) -> str:
    accepted = [kind for kind, _ in request.accept_mimetypes]
    for kind in (_SSE, _NDJSON):
        if kind in accepted:
            return kind
    return _NDJSON if parameters.flag("stream") else ""


def _check_characters(texts: Sequence[str]) -> None:
    characters, limit = sum(map(len, texts)), runtime().settings.text_characters
    if characters > limit:
        raise _beyond(characters, limit)


def _beyond(size: int, limit: int) -> BadRequest:
    return BadRequest(f"Invalid request: request ({size}) exceeds text limit ({limit})")


def _check_languages(source: str, target: str) -> None:
    for code in (source, target):
        if code not in languages.NAMES and (code != AUTO or code is target):
            raise BadRequest(f"{shown(code)} is not supported")
    spoken = "ar" if source == AUTO else source
    if target not in languages.TARGETS[spoken]:
        raise _no_pair(spoken, target)


def _no_pair(source: str, target: str) -> BadRequest:
    return BadRequest(
        f"{languages.named(target)} is not available as a target language from {languages.named(source)}"
    )


def texts_of(made: Sequence[Translation]) -> list[str]:
    return [translation.text for translation in made]


def _split(asked: Asked) -> list[SplitText]:
    """Each text with its sentences; a text that is not translated has none."""
    return [
        cut(text) if arabic else SplitText(text, ())
        for text, arabic in zip(asked.texts, asked.is_arabic, strict=True)
    ]


def _translate_texts(asked: Asked, waits: Patience) -> tuple[list[str], dict[str, object]]:
    here = runtime()
    split = _split(asked)
    sentences = [sentence for text in split for sentence in text.sentences]
    made = here.desk.translate(sentences, waits.deadline, waits.cancelled)
    results = []
    places = []
    start = 0
    for text in split:
        own = made[start : start + len(text.spans)]
        start += len(text.spans)
        results.append(text.join(texts_of(own)))
        if asked.segments:
            links = link_sentences(
                ((source, one.text) for source, one in zip(text.sentences, own, strict=True)),
                translator=here.desk.reader,
            )
            joined = _Joiner(text)
            places.append([joined.add(one, found) for one, found in zip(own, links, strict=True)])
    answer: dict[str, object] = {"translatedText": asked.one_or_all(results)}
    if asked.segments:
        answer["segments"] = asked.one_or_all(places)
        answer["model"] = _model(made)
    return results, answer


class _Joiner:
    """Puts a text together sentence by sentence, and tells where each one stands in both."""

    def __init__(self, text: SplitText) -> None:
        self._text = text
        self._before = ""
        self._number = 0
        self.target = ""

    def add(self, made: Translation, links: Sequence[Any]) -> dict[str, object]:
        """
        The next sentence. Offsets are code points: ``start`` and ``end`` into the
        request's text, ``target_start`` and ``target_end`` into its translation;
        links are of this sentence and its translation.
        """
        self.target += self._text.gap(self._number, self._before, made.text)
        start, end = self._text.spans[self._number]
        begin = len(self.target)
        self.target += made.text
        self._before = made.text
        self._number += 1
        return {
            "source": self._text.text[start:end],
            "start": start,
            "end": end,
            "text": made.text,
            "target_start": begin,
            "target_end": begin + len(made.text),
            "score": None if made.score is None else round(made.score, 4),
            "warnings": list(made.warnings),
            "links": [[x.source_start, x.source_end, x.target_start, x.target_end] for x in links],
            "model": made.model,
        }


def _model(made: Sequence[Translation]) -> dict[str, str]:
    """Name and revision of the model that served."""
    name, _, revision = (made[0].model if made else runtime().desk.label).rpartition("@")
    return {"name": name, "revision": revision}


def _translate_pages(asked: Asked, waits: Patience) -> tuple[list[str], dict[str, object]]:
    """HTML, several pages side by side: the desk puts their sentences into the same batches."""
    here = runtime()

    def translate_page(page: str, arabic: bool) -> str:
        if not arabic:
            return page
        return translate_html(
            page, lambda sentences: texts_of(here.desk.translate(sentences, waits.deadline, waits.cancelled))
        )

    results = _side_by_side(translate_page, asked)
    return results, {"translatedText": asked.one_or_all(results)}


def _side_by_side(translate_page: Callable[[str, bool], str], asked: Asked) -> list[str]:
    if len(asked.texts) == 1:
        return [translate_page(asked.texts[0], asked.is_arabic[0])]
    with ThreadPoolExecutor(min(_SIDE_BY_SIDE, len(asked.texts))) as pool:
        return list(pool.map(translate_page, asked.texts, asked.is_arabic))


def _alternatives(asked: Asked, results: Sequence[str], waits: Patience) -> list[list[str]]:
    """For each text up to so many others, none like another; the n-th is made of its sentences' n-th."""
    desk, count = runtime().desk, asked.alternatives
    found: list[list[str]] = []
    for text, arabic, result in zip(asked.texts, asked.is_arabic, results, strict=True):
        known: dict[str, list[str]] = {}

        def nth(sentences: Sequence[str], number: int, known: dict[str, list[str]] = known) -> list[str]:
            new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in known]
            made = desk.candidates(new, count + 1, waits.deadline, waits.cancelled)
            known.update(zip(new, made, strict=True))
            return [known[own][min(number, len(known[own]) - 1)] for own in sentences]

        others: dict[str, None] = {}
        for number in range(1, count + 1) if arabic else ():
            if asked.is_html:
                others[translate_html(text, partial(nth, number=number))] = None
            else:
                split = cut(text)
                others[split.join(nth(split.sentences, number))] = None
        others.pop(result, None)
        found.append(list(others))
    return found


def _stream(asked: Asked, waits: Patience) -> Response:
    """Each sentence as soon as it is translated, as a line of JSON or a server-sent event; then the whole."""
    split = _split(asked)
    desk = runtime().desk
    made = desk.stream(
        [sentence for text in split for sentence in text.sentences], waits.deadline, waits.cancelled
    )
    write = _write_event if asked.stream == _SSE else _write_line
    response = Response(_records(asked, split, made, desk, write), mimetype=asked.stream)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would hold the records back.
    return response


def _records(
    asked: Asked,
    split: Sequence[SplitText],
    made: Iterator[Translation],
    desk: TranslationDesk,
    write: Callable[[str, dict[str, object]], str],
) -> Iterator[str]:
    results = []
    label = ""
    try:
        for index, text in enumerate(split):
            joined = _Joiner(text)
            for source in text.sentences:
                translation = next(made)
                label = translation.model
                links = link_sentences([(source, translation.text)], translator=desk.reader)[0]
                yield write("segment", {"index": index, **joined.add(translation, links)})
            results.append(joined.target + text.tail)
    except MuwaziError as error:
        yield write("error", {"error": str(error)})
        return
    except Exception:  # noqa: BLE001 - the headers are gone: the stream itself has to say it.
        log("fault", level=logging.ERROR, exc_info=True, path="/translate")
        yield write("error", {"error": "The server failed at this request; its log has the details."})
        return
    finally:
        made.close()  # type: ignore[attr-defined]  # a generator
    last: dict[str, object] = {"done": True, "translatedText": asked.one_or_all(results)}
    if asked.source == AUTO:
        last["detectedLanguage"] = asked.one_or_all([found.as_json for found in asked.detected])
    name, _, revision = label.rpartition("@")
    last["model"] = {"name": name, "revision": revision} if label else None
    yield write("done", last)


def _write_line(_event: str, record: dict[str, object]) -> str:
    return json.dumps(record) + "\n"


def _write_event(event: str, record: dict[str, object]) -> str:
    return f"event: {event}\ndata: {json.dumps(record)}\n\n"
