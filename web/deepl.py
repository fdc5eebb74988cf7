"""
DeepL's contract, version 2: what its official clients call.

Texts, languages, usage, and documents that are handed in, waited for and fetched.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from flask import Blueprint, Response, g, jsonify, request

from web import languages
from web.attachment import attachment
from web.errors import BadRequest, Forbidden, NotFound, QueueFull, TooLarge, Unauthorized
from web.keys import key_in_header
from web.languages import Detection
from web.limits import Patience, caller, patience
from web.markup import translate_html, translate_xml
from web.parameters import Parameters, read_parameters, shown
from web.runtime import Runtime, runtime
from web.texts import Cut, translate_texts

# What "no limit" looks like in DeepL's answers.
_NO_LIMIT = 1_000_000_000_000
_TARGETS = {"EN": "English", "EN-GB": "English (British)", "EN-US": "English (American)"}
_FORMALITY = {"", "default", "prefer_more", "prefer_less"}
_SIDE_BY_SIDE = 8
_BYTES_PER_CHARACTER = 12
_MARGIN_BYTES = 64 * 1024

blueprint = Blueprint("deepl", __name__, url_prefix="/v2")


@blueprint.before_request
def admit() -> None:
    """Read the parameters; then the key, then how often it is used."""
    if request.method == "OPTIONS":
        return  # A browser asks, without a key, whether it may send one.
    here = runtime()
    if request.mimetype != "multipart/form-data":
        request.max_content_length = _BYTES_PER_CHARACTER * here.settings.text_characters + _MARGIN_BYTES
    g.parameters = read_parameters()
    try:
        g.key = here.keys.admit(key_in_header(request) or g.parameters.text("auth_key"))
    except (Unauthorized, Forbidden):
        raise Forbidden("Authorization failure: the API key is missing or not known here.") from None
    g.key_name = g.key.name if g.key else None
    if request.method == "POST":
        here.limiter.admit(caller())


@blueprint.post("/translate")
def translate() -> Response:
    """Texts, in order, as one batch."""
    here = runtime()
    parameters: Parameters = g.parameters
    texts = _read_texts(parameters)
    detected = _read_languages(parameters, texts)
    _check_options(parameters)
    render = _renderer(parameters)
    g.characters = sum(map(len, texts))
    g.texts = texts
    here.keys.check(g.key, g.characters)
    arabic = [text for text, found in zip(texts, detected, strict=True) if found.language == "ar"]
    made = iter(render(here, arabic, patience(here.settings.request_seconds)) if arabic else [])
    here.keys.count(g.key, g.characters)
    here.metrics.count_characters("deepl", g.characters)
    return jsonify(
        translations=[
            {
                "detected_source_language": found.language.upper(),
                "text": next(made) if found.language == "ar" else text,
                "billed_characters": len(text),
            }
            for text, found in zip(texts, detected, strict=True)
        ]
    )


@blueprint.route("/languages", methods=["GET", "POST"])
def list_languages() -> Response:
    """Source or target languages; the official client asks with a form on GET."""
    kind = g.parameters.text("type") or "source"
    if kind == "source":
        return jsonify([{"language": "AR", "name": "Arabic"}])
    if kind == "target":
        return jsonify(
            [
                {"language": code, "name": name, "supports_formality": False}
                for code, name in _TARGETS.items()
                if "-" in code
            ]
        )
    raise BadRequest(f"Value for 'type' not supported: {shown(kind)}. Expected source or target.")


@blueprint.route("/usage", methods=["GET", "POST"])
def show_usage() -> Response:
    """Characters used and allowed."""
    keys = runtime().keys
    return jsonify(character_count=keys.used(g.key), character_limit=keys.quota_characters or _NO_LIMIT)


@blueprint.post("/document")
def add_document() -> Response:
    """Hand in a document."""
    here = runtime()
    parameters: Parameters = g.parameters
    if "file" not in request.files:
        raise BadRequest("Parameter 'file' not specified: send the document as multipart/form-data.")
    upload = request.files["file"]
    filename = parameters.text("filename") or upload.filename or ""
    if not filename:
        raise BadRequest("Parameter 'filename' not specified, and the file has no name.")
    _read_languages(parameters, [])
    _check_options(parameters)
    document = here.documents.add(upload.read(), filename, g.key)
    return jsonify(document_id=document.id, document_key=document.key)


@blueprint.route("/document/<document_id>", methods=["GET", "POST"])
def show_document(document_id: str) -> Response:
    """How far a document is."""
    document = runtime().documents.find(document_id, g.parameters.text("document_key"))
    answer: dict[str, object] = {"document_id": document.id, "status": document.status}
    if document.status in {"queued", "translating"}:
        answer["seconds_remaining"] = document.seconds_remaining
    if document.status == "done":
        answer["billed_characters"] = document.characters
    if document.status == "error":
        answer["error_message"] = document.error
    return jsonify(answer)


@blueprint.route("/document/<document_id>/result", methods=["GET", "POST"])
def fetch_document(document_id: str) -> Response:
    """The translated document; 503 while there is none, as DeepL has it."""
    here = runtime()
    document = here.documents.find(document_id, g.parameters.text("document_key"))
    if document.status == "error":
        raise NotFound(f"The document could not be translated: {document.error}")
    if document.status != "done":
        raise QueueFull("Document translation not done.", retry_after_s=document.seconds_remaining)
    data, filename = here.shelf.get(document.kept)
    return attachment(data, "application/octet-stream", filename)


def _read_texts(parameters: Parameters) -> list[str]:
    settings = runtime().settings
    texts = parameters.several("text")
    if not texts:
        raise BadRequest("Parameter 'text' not specified.")
    if not all(isinstance(text, str) for text in texts):
        raise BadRequest("Value for 'text' not supported: expected a text or a list of texts.")
    if len(texts) > settings.batch_size:
        raise BadRequest(f"Too many texts: {len(texts)}. Send at most {settings.batch_size} at once.")
    characters = sum(map(len, texts))
    if characters > settings.text_characters:
        raise TooLarge(
            f"Request size exceeded: {characters} characters. "
            f"Send at most {settings.text_characters} at once."
        )
    return texts


def _read_languages(parameters: Parameters, texts: Sequence[str]) -> list[Detection]:
    """The language of each text: as it is said, or else by its script."""
    target, source = parameters.text("target_lang").upper(), parameters.text("source_lang").upper()
    if not target:
        raise BadRequest("Parameter 'target_lang' not specified.")
    if target not in _TARGETS:
        raise BadRequest(f"Value for 'target_lang' not supported: {shown(target)}. Expected EN-US or EN-GB.")
    if source not in {"", "AR"}:
        raise BadRequest(f"Value for 'source_lang' not supported: {shown(source)}. Expected AR.")
    if source:
        return [Detection("ar", 100) for _ in texts]
    return languages.detect_each(texts, is_markup=bool(parameters.text("tag_handling")))


def _check_options(parameters: Parameters) -> None:
    """What cannot be done is refused; what only advises (context, model_type …) is passed over."""
    if parameters.text("glossary_id"):
        raise BadRequest("Value for 'glossary_id' not supported: this server has no glossaries.")
    if parameters.text("formality") not in _FORMALITY:
        raise BadRequest(
            "Value for 'formality' not supported for the target language. "
            "Expected default, prefer_more or prefer_less."
        )


def _renderer(parameters: Parameters) -> Callable[[Runtime, list[str], Patience], list[str]]:
    """How the texts are to be read: plain, HTML or XML, and where they may be cut."""
    handling = parameters.text("tag_handling")
    if handling not in {"", "xml", "html"}:
        raise BadRequest(f"Value for 'tag_handling' not supported: {shown(handling)}. Expected xml or html.")
    where = parameters.text("split_sentences") or ("nonewlines" if handling == "html" else "1")
    where = {"true": "1", "false": "0"}.get(where, where)
    if where not in set(Cut):
        raise BadRequest(
            f"Value for 'split_sentences' not supported: {shown(where)}. Expected 0, 1 or nonewlines."
        )
    ignored = _read_tags(parameters, "ignore_tags")
    splitting, joining = (
        _read_tags(parameters, "splitting_tags"),
        _read_tags(parameters, "non_splitting_tags"),
    )

    def plain(here: Runtime, texts: list[str], waits: Patience) -> list[str]:
        return translate_texts(
            here.desk, texts, where=Cut(where), deadline=waits.deadline, cancelled=waits.cancelled
        )

    def marked(here: Runtime, texts: list[str], waits: Patience) -> list[str]:
        def translate_sentences(sentences: list[str]) -> list[str]:
            made = here.desk.translate(sentences, waits.deadline, waits.cancelled)
            return [translation.text for translation in made]

        def translate_one(text: str) -> str:
            render: Callable[..., str] = translate_html if handling == "html" else translate_xml
            return render(
                text,
                translate_sentences,
                ignored,
                splitting_tags=splitting,
                non_splitting_tags=joining,
                where=Cut(where),
            )

        if len(texts) == 1:
            return [translate_one(texts[0])]
        with ThreadPoolExecutor(min(_SIDE_BY_SIDE, len(texts))) as pool:
            return list(pool.map(translate_one, texts))

    return marked if handling else plain


def _read_tags(parameters: Parameters, name: str) -> list[str]:
    """A list, repeated fields, or one text with commas."""
    return [tag.strip() for value in parameters.several(name) for tag in str(value).split(",") if tag.strip()]
