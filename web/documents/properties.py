"""A document's title, subject and description, as Dublin Core has them in every kind of file."""

import lxml.etree as etree

from translate.checks import translatable
from web.passages import Translate, translate_texts
from web.uploads import parse_xml, write_xml

_DC = "{http://purl.org/dc/elements/1.1/}"
_TEXTS = (_DC + "title", _DC + "subject", _DC + "description")


def translate_properties(data: bytes, translate: Translate) -> bytes:
    """The metadata part of a document in English, its language too."""
    root = parse_xml(data, "The document's properties")
    translate_dublin_core(root, translate)
    return write_xml(root)


def translate_dublin_core(root: etree._Element, translate: Translate) -> None:
    """Title, subjects and description in English, in place; authors keep their names."""
    elements = [element for element in root.iter(*_TEXTS) if translatable(element.text or "")]
    made = translate_texts([element.text or "" for element in elements], translate) if elements else []
    for element, text in zip(elements, made, strict=True):
        element.text = text
    for language in root.iter(_DC + "language"):
        if (language.text or "").strip().lower().split("-")[0] == "ar":
            language.text = "en"
