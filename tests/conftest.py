"""What tests of several packages ask of documents."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import lxml.etree as etree
import pytest

OURS = Path(__file__).parent / "schemas"
OFFICIAL = Path(os.environ.get("MUWAZI_SCHEMAS", "no such folder"))
NAMES = {"tmx": "tmx14.dtd", "xliff": "xliff-core-1.2-transitional.xsd", "xliff2": "xliff-core-2.0.xsd"}
GRAMMARS = {"tmx": "tmx14.rng", "xliff": "xliff12.rng", "xliff2": "xliff2.rng"}


@cache
def validators(form: str) -> list[etree.RelaxNG | etree.XMLSchema | etree.DTD]:
    """Our grammar of a format, and the official one where MUWAZI_SCHEMAS names a folder that has it."""
    found: list[etree.RelaxNG | etree.XMLSchema | etree.DTD] = [
        etree.RelaxNG(etree.parse(OURS / GRAMMARS[form]))
    ]
    official = OFFICIAL / NAMES[form]
    if official.suffix == ".dtd" and official.exists():
        found.append(etree.DTD(str(official)))
    elif official.exists():
        document = etree.parse(official)
        for needed in document.iter("{http://www.w3.org/2001/XMLSchema}import"):
            if "xml" in needed.get("schemaLocation", ""):
                needed.set("schemaLocation", str((OFFICIAL / "xml.xsd").resolve()))
        found.append(etree.XMLSchema(document))
    return found


@pytest.fixture
def faults() -> Callable[[str, str | bytes], list[str]]:
    """Says what is wrong with a document in ``tmx``, ``xliff`` (1.2) or ``xliff2``; see tests/schemas."""

    def find(form: str, document: str | bytes) -> list[str]:
        root = etree.fromstring(document.encode() if isinstance(document, str) else document)
        return [
            str(error)
            for validator in validators(form)
            if not validator.validate(root)
            for error in validator.error_log
        ]

    return find
