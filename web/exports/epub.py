"""
An EPUB 3 book of one chapter, paragraph by paragraph: Arabic, then English.

Two columns are for wide screens; on a reader's narrow one the texts take turns.
"""

import io
from datetime import UTC, datetime
from html import escape
from uuid import UUID, uuid5
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from align.formats import xml
from web.exports.pages import render, stylesheet
from web.exports.units import Reading

_NAMESPACE = UUID("6f1c7f0c-7a0e-4b0e-9b39-6a1f0d5c2e11")
_CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="EPUB/book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
_PACKAGE = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{identifier}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:language>en</dc:language>
<dc:language>ar</dc:language>
{source}<meta property="dcterms:modified">{modified}</meta>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="book" href="book.xhtml" media-type="application/xhtml+xml"/>
<item id="style" href="book.css" media-type="text/css"/>
</manifest>
<spine><itemref idref="book"/></spine>
</package>
"""
_NAVIGATION = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><meta charset="utf-8"/><title>{title}</title></head>
<body><nav epub:type="toc"><h1>Contents</h1><ol>
<li><a href="book.xhtml"><bdi>{title}</bdi></a></li>
</ol></nav></body>
</html>
"""


def write(reading: Reading, identity: str, made: datetime, reference: str = "") -> bytes:
    """
    The book as the bytes of its archive; the same article gives the same bytes.

    ``identity`` is what makes the article this one, ``made`` when it was last changed.
    """
    title = escape(xml.legal(reading.english_title or reading.title))
    source = f"<dc:source>{escape(xml.legal(reading.source))}</dc:source>\n" if reading.source else ""
    made = made.astimezone(UTC)
    package = _PACKAGE.format(
        identifier=uuid5(_NAMESPACE, xml.legal(identity)),
        title=title,
        source=source,
        modified=made.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    parts = {
        "META-INF/container.xml": _CONTAINER,
        "EPUB/book.opf": package,
        "EPUB/nav.xhtml": _NAVIGATION.format(title=title),
        "EPUB/book.xhtml": render("book.xhtml", reading, reference),
        "EPUB/book.css": stylesheet("book.css"),
    }
    buffer = io.BytesIO()
    moment = made.timetuple()[:6] if made.year >= 1980 else (1980, 1, 1, 0, 0, 0)
    with ZipFile(buffer, "w") as archive:
        # The first entry, uncompressed, is how readers know the file (EPUB OCF 3.3, 4.3).
        archive.writestr(ZipInfo("mimetype", moment), b"application/epub+zip", ZIP_STORED)
        for name, text in parts.items():
            info = ZipInfo(name, moment)
            archive.writestr(info, text.encode("utf-8", "xmlcharrefreplace"), ZIP_DEFLATED)
    return buffer.getvalue()
