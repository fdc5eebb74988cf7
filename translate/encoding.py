"""
From bytes to text: which of the encodings of Arabic pages and files this is.

Valid UTF-8 is always UTF-8: no other Arabic text of more than a few letters is
valid UTF-8 by chance. UTF-16 is known by its byte order mark, or by the zero
and 06 bytes that every second place of Arabic UTF-16 holds. What remains is one
of two code pages, Windows-1256 and ISO-8859-6, which agree on ء…ض and differ on
ط…ي: charset-normalizer says which of them the bytes can be, and the usual
frequency of the letters says which of those it is.
"""

import math
import re
import unicodedata

from translate.errors import UndecodableInput
from translate.normalize import ARABIC_LETTER

_SUPPORTED = "UTF-8, UTF-16, Windows-1256 and ISO-8859-6"
_LEGACY = ("cp1256", "iso8859_6")
_NAMES = {"windows-1256": "cp1256", "cp1256": "cp1256", "x-cp1256": "cp1256"} | dict.fromkeys(
    ("iso-8859-6", "iso8859-6", "iso_8859-6", "arabic", "asmo-708"), "iso8859_6"
)

# The first bytes of files that people mistake for text, and what to do with them.
_SIGNATURES = (
    (b"%PDF-", "a PDF document", "Save its text as .txt or .html"),
    (b"PK\x03\x04", "a ZIP archive or a .docx, .odt or .epub", "Save its text as .txt or .html"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word document (.doc)", "Save its text as .txt or .html"),
    (b"{\\rtf", "a rich-text document (.rtf)", "Save its text as .txt or .html"),
    (b"\x1f\x8b", "a gzip archive", "Unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it"),
    (b"Rar!", "a RAR archive", "Unpack it"),
    (b"\x89PNG", "a PNG image", "Type its text, or use a text recogniser,"),
    (b"\xff\xd8\xff", "a JPEG image", "Type its text, or use a text recogniser,"),
    (b"GIF8", "a GIF image", "Type its text, or use a text recogniser,"),
    (b"SQLite format 3", "a database", "Export its text as .txt"),
)
# Other control characters do not occur in text; these do (tab, line and page breaks, ^Z of DOS files).
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_DECLARED = re.compile(rb"<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.I)

# Letters (and marks) of Arabic news, and how many in a thousand each is; measured over 100,000 of them.
_LETTERS = "اليمنوتربةعدفسكأقهحجطشىصخإضزثذغ\u064bءئ\u0651ظ\u064f\u064dآؤ،؛؟"
_PER_MILLE = (
    "143 114 77 61 52 51 48 47 35 32 31 30 26 24 23 22 21 19 18 15 10 10"
    " 9 9 9 8 6 6 6 6 6 6 4 3 3 2 2 1 1 1 10 1 1"
)
_RARE = math.log(1e-4)
# Arabic headlines of three words and more lie between -4.3 and -2.7 nats; Cyrillic, Hebrew, Greek and
# French, read as Windows-1256, below -4.7.
_IMPLAUSIBLE = -4.6
_USUAL = {letter: math.log(int(n) / 1000) for letter, n in zip(_LETTERS, _PER_MILLE.split(), strict=True)}
_USUAL |= dict.fromkeys("«»“”‘’…–—\u200c\u200d\u200e\u200f\u0640\xa0", math.log(0.01))


def decode(data: bytes) -> str:
    """
    The text in ``data``, without a byte order mark.

    Raises UndecodableInput, with the offset of the first byte that does not
    fit, for binary files, damaged UTF-8 or UTF-16, and other encodings.
    """
    for signature, name, remedy in _SIGNATURES:
        if data.startswith(signature):
            raise UndecodableInput(
                f"This looks like {name}, not text. {remedy} and read that instead.", offset=0
            )
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return _strict(data, "utf-32")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(data, "utf-16")
    if not data.startswith(b"\xef\xbb\xbf") and (guess := _utf16_without_mark(data)):
        return _strict(data, guess)
    control = _CONTROLS.search(data)
    if control and (b"\0" in data or len(_CONTROLS.findall(data)) > 2 + len(data) / 100):
        raise UndecodableInput(
            f"This looks like a binary file, not text: byte 0x{control.group()[0]:02x} at offset "
            f"{control.start()}. Expected text in {_SUPPORTED}; save the article as .txt or .html.",
            offset=control.start(),
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if _is_mostly_utf8(data):
            return _strict(data, "utf-8")
        return _legacy(data, error.start)


def arabic_share(text: str) -> float:
    """
    Share of the letters in ``text`` that are Arabic, from 0 to 1; 0 where there are no letters.

    >>> arabic_share("AUKUS اتفاق")
    0.5
    """
    sample = text[:100_000]
    letters = sum(map(str.isalpha, sample))
    return len(re.findall(f"[{ARABIC_LETTER}]", sample)) / letters if letters else 0.0


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        name = encoding.upper()
        raise UndecodableInput(
            f"The {name} text is damaged at byte offset {error.start} of {len(data)} "
            f"({error.reason}). Perhaps the file was cut short; get it again, or save it as UTF-8.",
            offset=error.start,
        ) from None


def _utf16_without_mark(data: bytes) -> str | None:
    """The byte order of UTF-16 text that has no mark, or None where this is something else."""
    high_bytes = b"\x00\x06"  # U+00xx and U+06xx: Latin letters, spaces, Arabic.
    for encoding, high in (("utf-16-le", data[1:4096:2]), ("utf-16-be", data[0:4096:2])):
        if len(data) < 2 or len(high) - len(high.translate(None, high_bytes)) < 0.7 * len(high):
            continue
        text = data[: min(len(data) & ~1, 4096)].decode(encoding, "replace")
        odd = sum(unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs") for character in text)
        if odd - text.count("\n") - text.count("\r") - text.count("\t") <= len(text) / 50:
            return encoding
    return None


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether most of the bytes above 7F form UTF-8 characters: then it is UTF-8 with a fault in it."""
    high = len(data) - len(data.translate(None, bytes(range(0x80, 0x100))))
    sound = data.decode("utf-8", "ignore")
    return len(sound.encode()) - sum(map(str.isascii, sound)) > high / 2


def _legacy(data: bytes, offset: int) -> str:
    """Text in one of the two Arabic code pages; ``offset`` is where it stopped being UTF-8."""
    # As much as decides, from the line where the first letter beyond ASCII stands.
    sample = data[data.rfind(b"\n", 0, offset) + 1 :][:65536]
    possible = [name for name in _declared(data) or _possible(sample) if _decodes(data, name)]
    likelihood = {name: _likelihood(sample.decode(name)) for name in possible}
    best = max(likelihood, key=likelihood.__getitem__, default=None)
    if best is None or likelihood[best] < _IMPLAUSIBLE:
        raise UndecodableInput(
            f"Byte 0x{data[offset]:02x} at offset {offset} is not UTF-8, and the text makes no sense as "
            f"Windows-1256 or ISO-8859-6 either. Expected {_SUPPORTED}; save the file as UTF-8.",
            offset=offset,
        )
    return data.decode(best)


def _declared(data: bytes) -> list[str]:
    """The Arabic code page that an HTML page says it is in, if it names one."""
    found = _DECLARED.search(data[:4096])
    return [_NAMES[name] for name in [found.group(1).decode().lower()] if name in _NAMES] if found else []


def _possible(sample: bytes) -> list[str]:
    """The code pages that charset-normalizer accepts, or both where a few words are too few for it."""
    from charset_normalizer import from_bytes

    accepted = {match.encoding for match in from_bytes(sample, cp_isolation=list(_LEGACY))}
    return [name for name in _LEGACY if name in accepted or not accepted]


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _likelihood(text: str) -> float:
    """Mean log-probability of the characters beyond ASCII, if the text is Arabic (nats, below 0)."""
    beyond = [character for character in text if not character.isascii()]
    letters = sum(_USUAL.get(character, _RARE) for character in beyond)
    # One word in four begins with the article, which the letters alone would make one in sixty.
    articles = len(re.findall(r"\bال", text)) * math.log(60 / 4)
    return (letters + articles) / max(1, len(beyond))
