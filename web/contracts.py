"""The translate endpoints that other people's clients call, as the published document describes them."""

from dataclasses import replace
from typing import Any

from web.operations import FORM, JSON, MULTIPART, Answer, Operation, Parameter, json_of, ref
from web.schema import Schema
from web.shapes import LINKS, choice, decimal, flag, list_of, number, record, text

LIBRETRANSLATE = "LibreTranslate"
DEEPL = "DeepL"
SERVICE = "Service"

_BINARY: Schema = {"type": "string", "format": "binary"}
_TEXTS: Schema = {"type": ["string", "array"], "items": {"type": "string"}}
COMPONENTS: dict[str, Schema] = {
    "Detection": {
        "type": "object",
        "description": "A language and how sure that is.",
        "properties": {
            "language": text("Its code."),
            "confidence": {"type": "number", "minimum": 0, "maximum": 100, "description": "Per cent."},
        },
        "required": ["language", "confidence"],
    },
    "TranslatedSentence": {
        "type": "object",
        "description": "A sentence of the request, with its place in it and in the answer, in code points.",
        "properties": {
            "source": text("In Arabic."),
            "start": number("Where it starts in the text sent."),
            "end": number("Where it ends."),
            "text": text("In English."),
            "target_start": number("Where that starts in the text answered."),
            "target_end": number("Where it ends."),
            "score": {"type": ["number", "null"], "description": "Mean log-probability per token."},
            "warnings": list_of(text("In plain words.")),
            "links": {**LINKS, "description": "Words that render each other, inside the sentence."},
            "model": text("Name and revision."),
        },
    },
    "Translated": {
        "type": "object",
        "description": "Where a list was sent, every field is a list of as many.",
        "properties": {
            "translatedText": {**_TEXTS, "description": "In English, in the order sent."},
            "detectedLanguage": {"description": "Only where the source was auto."},
            "alternatives": {"type": "array", "description": "Only where asked for."},
            "segments": {"type": "array", "description": "Only where asked for; see TranslatedSentence."},
            "model": {"description": "Only with segments: who translated."},
        },
        "required": ["translatedText"],
    },
    "Readiness": {
        "type": "object",
        "description": "What the server has of what it needs.",
        "properties": {
            "status": choice("In a word.", ("ready", "not ready")),
            "checks": {"type": "object", "additionalProperties": {"type": "boolean"}},
            "model": text("Name and revision of the model in memory."),
        },
        "required": ["status"],
    },
    "DeepLError": {
        "type": "object",
        "description": "An error in DeepL's shape.",
        "properties": {"message": text("What was wrong."), "detail": text("More about it.")},
        "required": ["message"],
    },
}

_Q = {**_TEXTS, "description": "Text, or in JSON a list of texts."}
_TRANSLATE: dict[str, Any] = {
    "q": _Q,
    "source": text("Code of its language, or auto."),
    "target": text("Code of the language wanted: en."),
    "format": choice("Whether it is marked up.", ("text", "html")),
    "alternatives": number("How many other translations of each text.", least=0),
    "api_key": text("Where one is needed."),
    "segments": flag("Whether sentences come with their places, links, scores and warnings."),
    "stream": flag("Whether sentences come one by one, as they are made: lines of JSON, or events."),
}


def _form(fields: dict[str, Any]) -> dict[str, Any]:
    """The same fields where all are written as text."""
    return {**fields, "q": text("The text.")} if "q" in fields else fields


def _of(required: tuple[str, ...], fields: dict[str, Any]) -> Schema:
    return {"type": "object", "properties": fields, "required": list(required)}


_BAD = {400: "A parameter is missing, or not supported; or a text is beyond the limits."}
_KEY = {403: "The API key is not known."}
_BUSY = {429: "Too many requests in a minute.", 503: "Too many wait already, or the time is over."}
_FILE = {
    413: "The file is too large.",
    415: "Its form is not supported.",
    422: "Nothing could be translated.",
}

_DECLARED: tuple[Operation, ...] = (
    Operation(
        "POST",
        "/translate",
        "translate",
        "Translate a text, or a list of texts as one batch.",
        LIBRETRANSLATE,
        {
            200: Answer(
                "The translations.",
                {JSON: ref("Translated"), "application/x-ndjson": {}, "text/event-stream": {}},
            )
        },
        body={
            JSON: _of(("q", "source", "target"), _TRANSLATE),
            FORM: _of(("q", "source", "target"), _form(_TRANSLATE)),
        },
        body_required=False,
        errors=_BAD | _KEY | _BUSY,
    ),
    Operation(
        "POST",
        "/detect",
        "detect",
        "Tell which language a text is in.",
        LIBRETRANSLATE,
        {200: json_of({"type": "array"}, "Languages, the likeliest first.")},
        body={
            JSON: _of(("q",), {"q": _Q, "api_key": _TRANSLATE["api_key"]}),
            FORM: _of(("q",), {"q": text("The text."), "api_key": _TRANSLATE["api_key"]}),
        },
        body_required=False,
        errors=_BAD | _KEY | _BUSY,
    ),
    Operation(
        "GET",
        "/languages",
        "languages",
        "Languages, and into which each is translated.",
        LIBRETRANSLATE,
        {
            200: json_of(
                list_of(
                    _of(
                        ("code", "name", "targets"),
                        {
                            "code": text("Its code."),
                            "name": text("In English."),
                            "targets": list_of(text("Code of a language that it is translated into.")),
                        },
                    )
                )
            )
        },
    ),
    Operation(
        "POST",
        "/translate_file",
        "translate_file",
        "Translate a document; its structure is kept.",
        LIBRETRANSLATE,
        {200: json_of(_of(("translatedFileUrl",), {"translatedFileUrl": text("Where to get it.")}))},
        body={
            MULTIPART: _of(
                ("file", "source", "target"),
                {
                    "file": _BINARY,
                    "source": _TRANSLATE["source"],
                    "target": _TRANSLATE["target"],
                    "api_key": _TRANSLATE["api_key"],
                },
            )
        },
        errors=_BAD | _KEY | _BUSY | _FILE,
    ),
    Operation(
        "GET",
        "/download_file/{name}",
        "download_file",
        "A document that was translated.",
        LIBRETRANSLATE,
        {200: Answer("The file.", {"*/*": _BINARY})},
        parameters=(Parameter("name", "As translate_file gave it.", text(""), "path", required=True),),
        errors={404: "There is no such file, or no longer."},
    ),
    Operation(
        "GET",
        "/frontend/settings",
        "frontend_settings",
        "Limits and languages, for clients that show them.",
        LIBRETRANSLATE,
        {200: json_of({"type": "object"})},
    ),
    Operation(
        "POST",
        "/suggest",
        "suggest",
        "Suggest a better translation.",
        LIBRETRANSLATE,
        {200: json_of(_of(("success",), {"success": flag("Whether it was kept.")}))},
        body={
            media: _of(
                ("q", "s", "source", "target"),
                {
                    "q": text("The text."),
                    "s": text("Its better translation."),
                    "source": text("Code of the text's language."),
                    "target": text("Code of the translation's."),
                    "api_key": _TRANSLATE["api_key"],
                },
            )
            for media in (JSON, FORM)
        },
        body_required=False,
        errors=_BAD | {403: "The key is not known, or a page of another site asked."} | _BUSY,
    ),
    Operation(
        "GET",
        "/health",
        "health",
        "Whether the server runs.",
        SERVICE,
        {200: json_of(_of(("status",), {"status": text("ok")}))},
    ),
    Operation(
        "GET",
        "/ready",
        "ready",
        "Whether the server should be sent work.",
        SERVICE,
        {200: json_of(ref("Readiness"), "It should.")},
        errors={503: "The model is not in memory, the database does not answer, or the server stops."},
        error="Readiness",
    ),
    Operation(
        "GET",
        "/metrics",
        "metrics",
        "Counters and gauges for Prometheus.",
        SERVICE,
        {200: Answer("In Prometheus' text format.", {"text/plain": {"type": "string"}})},
        errors={401: "The server requires keys, and none was sent, or one that is not known."},
    ),
    Operation(
        "POST",
        "/v2/translate",
        "deepl_translate",
        "Translate texts as DeepL's clients ask for it.",
        DEEPL,
        {
            200: json_of(
                _of(
                    ("translations",),
                    {
                        "translations": list_of(
                            _of(
                                ("detected_source_language", "text", "billed_characters"),
                                {
                                    "detected_source_language": text("AR"),
                                    "text": text("In English."),
                                    "billed_characters": number("Code points of the source."),
                                },
                            )
                        )
                    },
                )
            )
        },
        body={
            JSON: _of(
                ("text", "target_lang"),
                {
                    "text": list_of(text("A text.")),
                    "target_lang": text("EN, EN-US or EN-GB."),
                    "source_lang": text("AR, or left out."),
                    "tag_handling": choice("Whether the texts are marked up.", ("xml", "html")),
                },
            ),
            FORM: _of(
                ("text", "target_lang"),
                {"text": text("May be given several times."), "target_lang": text("EN, EN-US or EN-GB.")},
            ),
        },
        body_required=False,
        errors=_BAD
        | _KEY
        | _BUSY
        | {413: "The texts are too large.", 456: "The key's characters are used up."},
        error="DeepLError",
    ),
    Operation(
        "GET",
        "/v2/languages",
        "deepl_languages",
        "Languages as DeepL names them.",
        DEEPL,
        {
            200: json_of(
                list_of(
                    _of(("language", "name"), {"language": text("Its code."), "name": text("In English.")})
                )
            )
        },
        parameters=(Parameter("type", "Of which side.", choice("", ("source", "target"))),),
        errors=_BAD | _KEY,
        error="DeepLError",
    ),
    Operation(
        "GET",
        "/v2/usage",
        "deepl_usage",
        "How many characters the key has used.",
        DEEPL,
        {
            200: json_of(
                _of(
                    ("character_count", "character_limit"),
                    {"character_count": number("So far."), "character_limit": number("In all.")},
                )
            )
        },
        errors=_KEY,
        error="DeepLError",
    ),
    Operation(
        "POST",
        "/v2/document",
        "deepl_document",
        "Send a document to translate.",
        DEEPL,
        {
            200: json_of(
                _of(
                    ("document_id", "document_key"),
                    {"document_id": text("To ask by."), "document_key": text("To ask with.")},
                )
            )
        },
        body={
            MULTIPART: _of(
                ("file", "target_lang"),
                {"file": _BINARY, "target_lang": text("EN, EN-US or EN-GB."), "source_lang": text("AR.")},
            )
        },
        errors=_BAD | _KEY | _BUSY | _FILE | {456: "The key's characters are used up."},
        error="DeepLError",
    ),
    Operation(
        "POST",
        "/v2/document/{document_id}",
        "deepl_document_status",
        "How far a document is.",
        DEEPL,
        {
            200: json_of(
                _of(
                    ("document_id", "status"),
                    {
                        "document_id": text("As given."),
                        "status": choice("How far.", ("queued", "translating", "done", "error")),
                        "seconds_remaining": decimal("A guess."),
                        "billed_characters": number("Code points of the source."),
                        "error_message": text("Why it failed."),
                    },
                )
            )
        },
        parameters=(Parameter("document_id", "As document gave it.", text(""), "path", required=True),),
        body={
            media: record("What opens the document.", document_key=text("As document gave it."))
            for media in (JSON, FORM)
        },
        body_required=False,
        errors=_BAD | _KEY | {404: "There is no such document."},
        error="DeepLError",
    ),
    Operation(
        "POST",
        "/v2/document/{document_id}/result",
        "deepl_document_result",
        "The translated document.",
        DEEPL,
        {200: Answer("The file.", {"*/*": _BINARY})},
        parameters=(Parameter("document_id", "As document gave it.", text(""), "path", required=True),),
        body={
            media: record("What opens the document.", document_key=text("As document gave it."))
            for media in (JSON, FORM)
        },
        body_required=False,
        errors=_BAD | _KEY | {404: "There is no such document.", 503: "It is not translated yet."},
        error="DeepLError",
    ),
)

_OTHER_METHOD = {"GET": "POST", "POST": "GET"}
_EITHER_WAY = {"deepl_languages", "deepl_usage", "deepl_document_status", "deepl_document_result"}


def _either_way(operation: Operation) -> Operation:
    """The same by the other method: DeepL's clients have used both, with their parameters in a form."""
    method = _OTHER_METHOD[operation.method]
    name = f"{operation.name}_by_{method.lower()}"
    keys = (
        (Parameter("document_key", "As document gave it.", text("")),)
        if "{document_id}" in operation.path
        else ()
    )
    return replace(operation, method=method, name=name, parameters=(*operation.parameters, *keys), body={})


OPERATIONS: tuple[Operation, ...] = tuple(
    each
    for operation in _DECLARED
    for each in (operation, *((_either_way(operation),) if operation.name in _EITHER_WAY else ()))
)
