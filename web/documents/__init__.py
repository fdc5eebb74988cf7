"""
Documents in, the same documents in English out: text, web pages, Word, OpenDocument, e-books, subtitles.

Each format has a module with two functions: ``translate(data, translate)`` gives
the translated file, and ``read(data, name)`` the article in it.
"""

from importlib import import_module
from pathlib import PurePath
from types import ModuleType

from translate.errors import BadInput
from translate.text import Article
from web.errors import Untranslatable
from web.passages import Translate
from web.uploads import identify, safe_name

MIMETYPES = {
    ".txt": "text/plain; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".htm": "text/html; charset=utf-8",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".epub": "application/epub+zip",
    ".srt": "application/x-subrip; charset=utf-8",
}
SUPPORTED: tuple[str, ...] = tuple(MIMETYPES)


def translate_document(data: bytes, filename: str, translate: Translate) -> tuple[bytes, str]:
    """
    The document in English, and a name for it: ``خبر.docx`` becomes ``خبر.en.docx``.

    ``translate`` takes sentences and gives one translation for each. What the file
    is, is seen from its content; its media type is ``MIMETYPES[suffix]``.

    Raises UnsupportedFormat for any other kind of file, TooLarge or BadInput for
    one that is damaged or made to do harm, and Untranslatable where there is no
    Arabic in it, or nothing came out other than it went in.
    """
    name = safe_name(filename)
    suffix = identify(data, name)
    changed = asked = False

    def counting(texts: list[str]) -> list[str]:
        nonlocal changed, asked
        made = translate(texts)
        asked = asked or bool(texts)
        changed = changed or made != texts
        return made

    try:
        made: bytes = _module(suffix).translate(data, counting)
    except RecursionError:
        raise BadInput(f"{name} nests its parts too deeply to be read. Save it again.").because(
            "file_damaged", file=name
        ) from None
    if not asked:
        raise Untranslatable(
            f"No Arabic text was found in {name}, so its translation would be the same again. "
            "Expected a document with Arabic in it; pictures of text cannot be read."
        )
    if not changed:
        raise Untranslatable(
            f"Nothing in {name} was translated: the translator gave back every sentence as it was."
        )
    return made, english_name(name, suffix)


def read_article(data: bytes, filename: str) -> Article:
    """
    The article in a document of any supported kind, with ``filename`` as its source.

    Raises what :func:`translate_document` raises, but reads a text without Arabic too.
    """
    name = safe_name(filename)
    article: Article = _module(identify(data, name)).read(data, name)
    return article


def english_name(name: str, suffix: str) -> str:
    """
    A name for the English file.

    >>> english_name("film.ar.srt", ".srt"), english_name("خبر", ".txt")
    ('film.en.srt', 'خبر.en.txt')
    """
    stem = name[: -len(suffix)] if name.lower().endswith(suffix) else PurePath(name).stem
    return f"{stem.removesuffix('.ar')}.en{suffix}"


def _module(suffix: str) -> ModuleType:
    return import_module(f"web.documents.{ {'.htm': 'html'}.get(suffix, suffix[1:]) }")
