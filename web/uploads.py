"""
Files from strangers: what they are by content, and whether they are safe to open.

A name says nothing: a ``.docx`` is one because of what is in it. Archives are read
by their declared and by their real sizes, so that none can fill the memory; XML is
read without entities, document types of its own or the network.
"""

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import BinaryIO

import lxml.etree as etree

from translate.encoding import decode
from translate.errors import BadInput, UndecodableInput
from translate.webpage import looks_like_html
from web.errors import TooLarge, UnsupportedFormat

UPLOAD_BYTES = 10 * 2**20
_KINDS = "a .txt, .html, .docx, .odt, .epub or .srt file"
_ZIP = b"PK\x03\x04"
_TIMING = re.compile(r"\d{1,3}:\d{2}:\d{2}[,.]\d{1,3}[ \t]*-->[ \t]*\d{1,3}:\d{2}:\d{2}[,.]\d{1,3}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.I)
_NAME_BYTES = 180


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """How much an archive may hold: entries, bytes unpacked (one, all), and unpacked over packed."""

    entries: int = 4_000
    entry_bytes: int = 64 * 2**20
    total_bytes: int = 128 * 2**20
    ratio: int = 200


def receive(stream: BinaryIO, *, limit: int = UPLOAD_BYTES) -> bytes:
    """
    All bytes of a stream, if they are no more than ``limit``.

    Raises TooLarge as soon as there are more, and BadInput where there are none.
    """
    data = bytearray()
    while block := stream.read(min(65_536, limit + 1 - len(data))):
        data += block
        if len(data) > limit:
            raise TooLarge(
                f"The file is larger than {limit:,} bytes, the limit here. Send a smaller one."
            ).because("file_large", limit=limit)
    if not data:
        raise BadInput("The file is empty. Expected " + _KINDS + ".").because("file_empty")
    return bytes(data)


def safe_name(filename: str) -> str:
    """
    The file's own name: no folders, control or direction characters, nothing a file system reserves.

    >>> safe_name("../../etc/تقرير\\r\\n.docx"), safe_name("C:\\\\nul")
    ('تقرير.docx', '_nul')
    """
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", filename))[-1]
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    name = re.sub(r"[<>:\"|?*]", "_", name).strip(" .") or "document"
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > 8:
        stem, suffix = name, ""
    while len(f"{stem}.{suffix}".encode()) > _NAME_BYTES:
        stem = stem[:-1]
    name = f"{stem}.{suffix}" if suffix else stem
    return f"_{name}" if _RESERVED.fullmatch(name) else name


def identify(data: bytes, filename: str) -> str:
    """
    Which of the supported suffixes the content deserves, whatever the name says.

    Between kinds of text the name decides where the content allows it. Raises
    UnsupportedFormat for anything else, BadInput for an archive that is damaged.
    """
    suffix = PurePosixPath(filename).suffix.lower()
    if data.startswith(_ZIP):
        return _identify_archive(data, filename)
    try:
        text = decode(data)
    except UndecodableInput as error:
        raise UnsupportedFormat(f"{filename}: {error} Expected {_KINDS}.").because(
            "file_unreadable", file=filename
        ) from None
    if suffix == ".srt" or _TIMING.search(text[:500]):
        if not _TIMING.search(text):
            raise UnsupportedFormat(
                f"{filename} is named like subtitles but holds no times (00:01:02,500 --> 00:01:05,000). "
                f"Expected {_KINDS}."
            ).because("file_no_times", file=filename)
        return ".srt"
    if suffix in (".docx", ".odt", ".epub"):
        raise UnsupportedFormat(
            f"{filename} is named like a document but is plain text or HTML. Rename it to .txt or .html."
        ).because("file_not_document", file=filename)
    if suffix in (".html", ".htm", ".xhtml") or (suffix != ".txt" and looks_like_html(text)):
        return ".htm" if suffix == ".htm" else ".html"
    if suffix not in (".txt", ".text", ".md", ""):
        raise UnsupportedFormat(
            f"{filename} is of a kind that cannot be translated here. Expected {_KINDS}."
        ).because("file_kind", file=filename)
    return ".txt"


def _identify_archive(data: bytes, filename: str) -> str:
    archive = Archive(data, filename)
    if "mimetype" in archive.names:
        declared = archive.read("mimetype").strip()
        if declared == b"application/epub+zip" and "META-INF/container.xml" in archive.names:
            return ".epub"
        if declared.startswith(b"application/vnd.oasis.opendocument.text") and "content.xml" in archive.names:
            return ".odt"
    if "[Content_Types].xml" in archive.names:
        if b"wordprocessingml.document.main+xml" in archive.read("[Content_Types].xml"):
            return ".docx"
        if b"ms-word.document.macroEnabled" in archive.read("[Content_Types].xml"):
            raise UnsupportedFormat(
                f"{filename} holds macros (.docm). Save it as .docx without them."
            ).because("file_macros", file=filename)
    raise UnsupportedFormat(
        f"{filename} is an archive, but no Word, OpenDocument or e-book file. Expected {_KINDS}."
    ).because("file_archive", file=filename)


class Archive:
    """
    A ZIP archive checked before anything in it is unpacked.

    Nothing is ever written to a disk. Raises BadInput for damage, encryption and
    names that lead elsewhere, TooLarge for what would be too much unpacked.
    """

    def __init__(self, data: bytes, filename: str = "The archive", limits: ZipLimits | None = None) -> None:
        self.filename = filename
        self.limits = limits or ZipLimits()
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise BadInput(f"{filename} is a damaged archive: {error}. Save the document again.").because(
                "file_damaged", file=filename
            ) from None
        self.entries = self._zip.infolist()
        self._check(len(data))
        self.names = {entry.filename for entry in self.entries}
        self._unpacked = 0

    def _check(self, size: int) -> None:
        limits = self.limits
        if len(self.entries) > limits.entries:
            raise TooLarge(
                f"{self.filename} holds {len(self.entries):,} files; {limits.entries:,} are the limit here."
            ).because("file_unpacked", file=self.filename)
        seen: set[str] = set()
        total = packed = 0
        for entry in self.entries:
            name = entry.filename
            if not _is_inside(name) or name in seen:
                raise BadInput(
                    f"{self.filename} holds a file named {name[:80]!r}, which no document does. "
                    "Expected names inside the document, each once; save it again."
                ).because("file_damaged", file=self.filename)
            seen.add(name)
            if entry.flag_bits & 1:
                raise BadInput(f"{self.filename} is protected by a password. Save it without one.").because(
                    "file_locked", file=self.filename
                )
            if (entry.external_attr >> 16) & 0o170000 == 0o120000:
                raise BadInput(f"{self.filename} holds a link ({name[:80]!r}) instead of a file.").because(
                    "file_damaged", file=self.filename
                )
            total += entry.file_size
            packed += entry.compress_size
            if entry.file_size > limits.entry_bytes:
                raise self._too_large()
        # An archive whose entries overlap unpacks the same bytes many times over.
        if total > limits.total_bytes or packed > size or total > max(size, 50_000) * limits.ratio:
            raise self._too_large()

    def _too_large(self) -> TooLarge:
        return TooLarge(
            f"{self.filename} would be too large unpacked: {self.limits.total_bytes:,} bytes in all, and "
            f"{self.limits.ratio} times the packed size, are the limits here."
        ).because("file_unpacked", file=self.filename)

    def read(self, name: str) -> bytes:
        """The bytes of one entry. Raises BadInput where there is none such or it is damaged, or TooLarge."""
        try:
            entry = self._zip.getinfo(name)
            with self._zip.open(entry) as file:
                # An entry may unpack to more than it declares.
                data = file.read(entry.file_size + 1)
        except KeyError:
            raise BadInput(f"{self.filename} lacks {name!r}, which every such document has.").because(
                "file_damaged", file=self.filename
            ) from None
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise BadInput(
                f"{self.filename} is damaged at {name!r}: {error}. Save the document again."
            ).because("file_damaged", file=self.filename) from None
        self._unpacked += len(data)
        if len(data) > entry.file_size or self._unpacked > 4 * self.limits.total_bytes:
            raise self._too_large()
        return data

    def parts(self) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
        """Each entry with its bytes, in the archive's order; folders have none."""
        for entry in self.entries:
            yield entry, b"" if entry.is_dir() else self.read(entry.filename)

    def replaced(self, changed: dict[str, bytes]) -> bytes:
        """The archive again, with other bytes in some entries; order, dates and packing stay."""
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w") as made:
            for entry, data in self.parts():
                packing = (
                    zipfile.ZIP_STORED if entry.compress_type == zipfile.ZIP_STORED else zipfile.ZIP_DEFLATED
                )
                copy = zipfile.ZipInfo(entry.filename, entry.date_time)
                copy.external_attr = entry.external_attr
                made.writestr(copy, changed.get(entry.filename, data), compress_type=packing)
        return buffer.getvalue()


def _is_inside(name: str) -> bool:
    """Whether a name in an archive stays inside it."""
    parts = name.split("/")
    return bool(name) and not (
        name.startswith("/")
        or "\\" in name
        or ":" in parts[0]
        or ".." in parts
        or "\0" in name
        or len(name) > 500
    )


def parse_xml(data: bytes, name: str = "The document") -> etree._Element:
    """
    The root of an XML document, read without resolving anything.

    Raises BadInput where it is not well-formed, or defines entities: no document
    of the supported kinds does, and those that do mean harm.
    """
    # In every encoding that libxml2 reads by itself, these letters are there once zero bytes are gone.
    if re.search(rb"<!\s*ENTITY", data.replace(b"\0", b""), re.I):
        raise BadInput(
            f"{name} defines XML entities of its own, which are not read here. Save it again."
        ).because("file_damaged", file=name)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_blank_text=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadInput(f"{name} is not well-formed XML: {error}. Save the document again.").because(
            "file_damaged", file=name
        ) from None
    internal = root.getroottree().docinfo.internalDTD
    if internal is not None and any(True for _ in internal.iterentities()):
        raise BadInput(
            f"{name} defines XML entities of its own, which are not read here. Save it again."
        ).because("file_damaged", file=name)
    return root


def write_xml(root: etree._Element) -> bytes:
    """The document again, as UTF-8 with its declaration and document type."""
    tree = root.getroottree()
    data: bytes = etree.tostring(
        tree, xml_declaration=True, encoding="UTF-8", standalone=tree.docinfo.standalone
    )
    return data
