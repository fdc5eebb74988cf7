"""The languages the server knows, and telling them apart by script, for each text alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

NAMES = {"ar": "Arabic", "en": "English"}
TARGETS: dict[str, tuple[str, ...]] = {"ar": ("en",), "en": ()}
AUTO = "auto"

_ARABIC = re.compile(
    r"[\u0620-\u064a\u066e-\u06d3\u06d5\u06fa-\u06fc\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
# Letters of Persian, Urdu, Pashto and Kurdish that Arabic has only in some foreign names.
_OTHER = re.compile(r"[\u0679-\u06c0\u06c2\u06c3\u06c6\u06c7\u06cc\u06ce\u06d0\u06d2\u06d5]")
_TAG = re.compile(r"<[^<>]*>")
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+|(?<![\w.+-])[\w.+-]++@[\w-]+\.[\w.-]+|[@#]\w+", re.ASCII)
# Names, brands and addresses in Latin letters do not make an Arabic text English.
_LATIN_WEIGHT = 1 / 3
# In Persian, Urdu and their sisters 10 to 20 of 100 letters are such; in Arabic hardly one.
_OTHER_BORNE, _OTHER_WEIGHT, _LEAST_SURE = 0.02, 8.0, 0.1


@dataclass(frozen=True, slots=True)
class Detection:
    """A language and how sure that is, in whole per cent."""

    language: str
    confidence: int

    @property
    def as_json(self) -> dict[str, object]:
        """As LibreTranslate writes it."""
        return {"confidence": self.confidence, "language": self.language}


def detect(text: str, *, is_markup: bool = False) -> list[Detection]:
    """
    The languages that the text may be in, the likeliest first.

    Only the script is looked at: Arabic letters say Arabic, less surely where
    letters of Persian or Urdu are among them. Addresses, and tags and scripts
    where it is ``is_markup``, say nothing. A text without letters is English at
    0 per cent, as LibreTranslate has it.

    >>> detect("قال الناطق باسم NATO")
    [Detection(language='ar', confidence=91), Detection(language='en', confidence=9)]
    """
    text = _ADDRESS.sub(" ", _TAG.sub(" ", _without_code(text)) if is_markup else text)
    arabic = len(_ARABIC.findall(text))
    latin = len(_LATIN.findall(text)) * _LATIN_WEIGHT
    if not arabic and not latin:
        return [Detection("en", 0)]
    share = arabic / (arabic + latin)
    foreign = len(_OTHER.findall(text)) / arabic if arabic else 0.0
    sure = max(_LEAST_SURE, 1.0 - _OTHER_WEIGHT * max(0.0, foreign - _OTHER_BORNE))
    found = [("ar", share, sure), ("en", 1 - share, 1.0)]
    found.sort(key=lambda item: -item[1])
    return [Detection(code, round(100 * part * trust)) for code, part, trust in found if round(100 * part)]


def detect_each(texts: Sequence[str], *, is_markup: bool = False) -> list[Detection]:
    """The likeliest language of each text."""
    return [detect(text, is_markup=is_markup)[0] for text in texts]


def named(code: str) -> str:
    """A language in a message: ``Arabic (ar)``."""
    return f"{NAMES[code]} ({code})"


def _without_code(page: str) -> str:
    """The page without its scripts and style sheets."""
    lower = page.lower()
    if len(lower) != len(page):  # Some letter has no lower case of its own length.
        return page
    for name in ("script", "style"):
        kept: list[str] = []
        place = 0
        while (start := lower.find(f"<{name}", place)) >= 0:
            kept.append(page[place:start])
            place = lower.find(f"</{name}", start)
            if place < 0:
                place = len(page)
        page = "".join([*kept, page[place:]])
        lower = page.lower()
    return page
