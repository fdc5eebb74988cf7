"""
Marking what stands on the page but does not belong to the article.

Furniture speaks to the reader, or of the page: it asks ("share this article"),
offers ("more news"), claims ("all rights reserved") or labels ("tags: …"). No
word decides alone, since news too has comments, shares and channels. So each
word is put into a class (a verb that asks, a part of a site, a network …), each
line becomes a string of classes, and the rules are shapes of such strings: a
request has a part of the site close behind it, a button holds nothing else.
Then comes place: what stands above the headline, and what follows a line that
closes the article. Quotation and reported speech are never furniture, for
whoever asks there is asking somebody else.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby, pairwise, takewhile
from operator import itemgetter

from translate.furniture_words import (
    ATTRIBUTION,
    BELONGINGS,
    CLAIMS,
    DISTRIBUTORS,
    LONE_LINES,
    NOTICES,
    PARTICLES,
    SECTIONS,
    SPEECH,
    VOCABULARY,
)
from translate.normalize import DIACRITICS, INVISIBLE
from translate.text import Kind, Segment

# Shapes of a whole line, fillers left out: buttons, headings of lists, bars of links.
_LABEL = re.compile(
    "|".join(
        (
            "[AMSOVB]+[^X]*[CYU][^X]*",  # Add a comment. Subscribe to our newsletter.
            "[AMSOB]+[^X]*[PN][^X]*",  # Print the article. Share on WhatsApp.
            "[AMSVQ]+[^X]*[WaT][^X]*",  # Show more. Back to top. Log in.
            "[RWa]+[AMOVB]*[EZtz][^X]*",  # Latest news. More by this writer.
            "E+J?[KJY][^X]*|[RWa]*K[KRWPD]*",  # Related news. You may also like. Most read.
            "N+N|LL+.*|L[LTPE]*",  # Facebook, Twitter. Terms of use, contact.
            "D*[CB]+D+|D+[CB]+|C+v+",  # 12 comments. Readers' comments.
            "PB+|[PT]n+|G+",  # Version for print. Previous page. Advertisement.
            "[YN][^X]*f|Y[^X]*[KA][^X]*",  # Your e-mail (required).
        )
    )
)
# Shapes at the start of a line: a verb that asks, and close behind it what of the site it asks for.
_REQUEST = re.compile(
    "|".join(
        (
            "A[^:]{0,3}?[PUYNCE]|AW",  # Write your opinion below. Read also …
            "[MSO][^:]{0,4}?[UY]|[MSO]dP|.*[AMS]U",  # Follow our page. Share this article.
            "Q[^:]{0,5}?[UC]",  # You can follow us on …
            "O[^X:]*[PN][^:]{0,3}$|[MS][^X:]{1,4}O",  # For more, visit the site.
            "[MPE][^:]{0,4}H|[PE][^X:]{0,4}Y",  # A bulletin that reaches you, on your phone.
            "MW:|[RE]*K+W?:|[SB]P:|Pn:|C+D:|[LG]:",  # Watch also: … Related: … Comments (3) | …
        )
    )
)
# "Tags: …", "Last updated: …", "Views: 120".
_METADATA = re.compile("Z+:.{0,16}|[Zt]+[:D][D:]*")
_LABELLED = re.compile("([tz])[zF]*:")  # "Section: …", "Photo: …": what follows must be looked at.
# What may be written together with a word, and the classes of the words where it may. Of verbs that
# is only "and", as لكن is no imperative.
_PREFIXES = (
    *((prefix, "CPNEKJTDLWUYBv") for prefix in ("ال", "بال", "وال", "لل")),
    *((prefix, "PNEKDAMSUY") for prefix in ("و", "ف")),
    *((prefix, "PNEKDUY") for prefix in ("ب", "ل")),
)
_VARIANTS = str.maketrans("أإآٱؤئىة", "ااااوييه")  # Spellings that writers mix.
_NOTHING = re.compile(f"[{DIACRITICS}{INVISIBLE}]")
_TOKEN = re.compile(r"#\w+|https?://\S+|www\.\S+|\d[\d:./-]*|\w+|[:：|]")
_ONLY_MARKS = re.compile(r"(?>[#@]\w+|https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+|[^\w#@])+")
_HAS_MARK = re.compile(r"[#@]\w|https?://|www\.")
_QUOTES = "\"«“”„'‘"
_QUOTED = re.compile('[«“„"][^«»“”„"]*[»”"]')
_BETWEEN_LINKS = re.compile(r"[›>|/\\←•·]+| [–—-] | » ")
_BETWEEN_NAMES = re.compile(r"[،,؛|/+]| [–—-] ")
_END = re.compile(r"[.:؛…]\W*$")  # What ends a sentence of prose; headlines may ask and exclaim.
_NAME = re.compile(r"\b[A-Za-z]{4,}\b")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+")
# The longest that is looked at, in words. A notice may list a dozen languages.
_LONGEST = 90


def mark(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """
    The same segments, those that are page furniture with ``Kind.FURNITURE``.

    Whole lines (paragraphs) are judged, and in a line of prose only what ends
    it: requests and hashtags.

    A section's name above the headline is furniture as well. A translator may
    keep it, as the reference of seed 000 does ("World News"); but it says where
    the page hangs in its site, and the same words stand above every other article.
    """
    lines = [_Line(tuple(group)) for _, group in groupby(segments, key=lambda segment: segment.paragraph)]
    marked = [line.is_furniture for line in lines]
    _mark_related(lines, marked)
    _mark_comments(lines, marked)
    _mark_distributor(lines, marked)
    _mark_top(lines, marked)
    _mark_tail(lines, marked)
    return tuple(
        replace(segment, kind=Kind.FURNITURE) if is_marked or segment in line.loose else segment
        for line, is_marked in zip(lines, marked, strict=True)
        for segment in line.segments
    )


class _Line:
    """A line of the page: its segments, and what its words and its shape say."""

    def __init__(self, segments: tuple[Segment, ...]) -> None:
        self.segments = segments
        self.words = sum(len(segment.text.split()) for segment in segments)
        self.text = " ".join(segment.text for segment in segments)
        # A line of many hundred words is an article without line breaks.
        said = [self.words < 500 and _speaks_of_page(segment.text) for segment in segments]
        self.is_headline = len(segments) == 1 and self.words <= 25 and not _END.search(self.text)
        self.is_prose = self.words > 12 or bool(_END.search(self.text))
        # Two sentences of a notice carry the third; one request does not carry an article.
        self.is_furniture = 2 * sum(said) > len(said) or (1 < len(said) < 4 and _speaks_of_page(self.text))
        ending = [
            segment for segment, _ in takewhile(itemgetter(1), zip(segments[::-1], said[::-1], strict=True))
        ]
        marks = (segment for segment in segments if _is_marks(segment.text))
        self.loose = frozenset((*marks, *(segment for segment in ending if len(segment.text.split()) > 2)))


def _speaks_of_page(text: str) -> bool:
    """Whether a line or sentence is furniture by its words alone."""
    if len(text) > 2000:
        return False
    if _is_marks(text):
        return True
    folded = _fold(text)
    words = len(folded.split())
    if not words or words > _LONGEST or folded[0] in _QUOTES:
        return False
    bare = " ".join(re.findall(r"\w+", folded))
    if bare in _LONE_LINES or re.sub(r" ?\d+ ?", "", bare) in _LONE_LINES:
        return True
    classes = _classes(folded) if words <= 40 else "X"
    shape = _without_fillers(classes)
    if words <= 20 and (_LABEL.fullmatch(shape) or _is_bar(folded) or _is_news_label(folded)):
        return True
    if words <= 25 and _is_metadata(folded, classes):
        return True
    unquoted = _QUOTED.sub(" ", folded)
    if _holds(_CLAIMS, unquoted):
        return True
    if _REPORTED.search(folded):
        return False
    if _REQUEST.match(classes.replace("F", "")):
        return True
    return _holds(_NOTICES, unquoted) and not _ATTRIBUTED.search(unquoted)


def _is_metadata(folded: str, classes: str) -> bool:
    """Whether a label stands before what it labels: dates, subjects, a name; and not before a headline."""
    if _METADATA.fullmatch(classes.replace("F", "")):
        return True
    label = _LABELLED.match(classes)
    if not label or len(folded.split()) > 10:
        return False
    said = re.split("[:：|]", folded, maxsplit=1)[1]
    parts = [part.strip(" .") for part in _BETWEEN_NAMES.split(said)]
    if label[1] == "z":
        return 0 < len(re.findall(r"\w+", parts[0])) <= 4 and not _PARTICLE.search(parts[0])
    return all(map(_is_section, parts)) or (
        len(parts) > 1 and all(0 < len(part.split()) <= 2 and part[0] != "و" for part in parts)
    )


def _holds(notices: Sequence[tuple[str, re.Pattern[str]]], folded: str) -> bool:
    return any(needle in folded and pattern.search(folded) for needle, pattern in notices)


def _is_marks(text: str) -> bool:
    """Nothing but hashtags, addresses and punctuation."""
    return bool(_HAS_MARK.search(text) and _ONLY_MARKS.fullmatch(text))


def _is_bar(folded: str) -> bool:
    """ "Home » News » Middle East", "Share | Print | Contact": a row of links."""
    parts = [part.strip() for part in _BETWEEN_LINKS.split(folded) if part.strip()]
    if len(parts) < 2 or any(len(part.split()) > 6 for part in parts):
        return False
    links = sum(map(_speaks_of_page, parts))
    return (
        parts[0].removeprefix("انت هنا: ") in _HOME
        or 2 * links > len(parts) - _speaks_of_page(parts[0])
        or all(map(_is_section, parts))
    )


def _is_section(folded: str) -> bool:
    """Whether every word is of the kind that names the sections of a newspaper."""
    words = re.findall(r"\w+", folded)
    return 0 < len(words) <= 4 and all(
        any(word.removeprefix(prefix) in _SECTION_WORDS for prefix in ("", "ال", "و", "وال"))
        for word in words
    )


def _is_news_label(folded: str) -> bool:
    return folded.removeprefix("ال").startswith("اخبار ") and _is_section(folded)


def _mark_related(lines: Sequence[_Line], marked: list[bool]) -> None:
    """Headlines of other articles, listed below a line that announces them."""
    prose = [line for line, is_marked in zip(lines, marked, strict=True) if line.words > 12 and not is_marked]
    # Where a writer ends no paragraph with a stop, only the length tells a headline from it.
    longest = 25 if 2 * sum(bool(_END.search(line.text)) for line in prose) >= len(prose) else 14
    for i, line in enumerate(lines):
        if not (marked[i] and _announces(line.text)):
            continue
        listed = list(
            takewhile(
                lambda j: marked[j] or (lines[j].is_headline and lines[j].words <= longest),
                range(i + 1, len(lines)),
            )
        )
        # In the middle of an article the last bare line may be the sub-heading of what goes on.
        if len(listed) > 1 and listed[-1] + 1 < len(lines) and lines[listed[-1]].words <= 6:
            listed.pop()
        for j in listed:
            marked[j] = True


def _announces(text: str) -> bool:
    """A heading of a list, with nothing behind it on its own line."""
    return bool(re.fullmatch("[AMV]*[RWa]+E?[^X]*|E+[KJ][^X]*|[RWa]*K[KRWPD]*", _shape(text)))


def _mark_comments(lines: Sequence[_Line], marked: list[bool]) -> None:
    """Readers' comments: all that follows a comment form behind the bulk of the text."""
    letters = [len(line.text) for line in lines]
    for i, line in enumerate(lines):
        opens = marked[i] and "C" in _classes(_fold(line.text)) and line.words <= 6
        if opens and sum(letters[:i]) > 0.6 * sum(letters) and all(rest.words <= 40 for rest in lines[i:]):
            marked[i:] = [True] * (len(lines) - i)
            return


def _mark_distributor(lines: Sequence[_Line], marked: list[bool]) -> None:
    """
    What a distributor goes on to say about itself, behind its notice and the bulk of the text.

    The notice alone tells the distributor's name: hashtags and sources name whom the article is about.
    """
    letters = [len(line.text) for line in lines]
    names: frozenset[str] = frozenset()
    for i, line in enumerate(lines):
        here = frozenset(_NAME.findall(_ADDRESS.sub(" ", line.text)))
        if not marked[i]:
            marked[i] = bool(names & here)
            names = names if marked[i] else frozenset()
        elif sum(letters[:i]) > 0.6 * sum(letters) and _is_distributors(line):
            names |= here


def _is_distributors(line: _Line) -> bool:
    return any(_holds(_DISTRIBUTORS, _fold(segment.text)) for segment in line.segments)


def _mark_top(lines: Sequence[_Line], marked: list[bool]) -> None:
    """Section names above the headline, dates above or below it."""
    for i, (line, below) in enumerate(pairwise(lines[:6])):
        if not line.is_headline:
            return
        names_section = _is_section(_fold(line.text)) and below.is_headline and below.words > line.words
        if names_section or re.fullmatch("D+", _shape(line.text)):
            marked[i] = True


def _mark_tail(lines: Sequence[_Line], marked: list[bool]) -> None:
    """Short bare lines among the furniture that ends the page."""
    start = len(lines)
    while start and (marked[start - 1] or (lines[start - 1].words <= 8 and not lines[start - 1].is_prose)):
        start -= 1
    while start < len(lines) and not marked[start]:
        start += 1
    if sum(marked[start:]) * 2 >= len(lines) - start:
        marked[start:] = [True] * (len(lines) - start)


def _shape(text: str) -> str:
    return _without_fillers(_classes(_fold(text)))


def _without_fillers(classes: str) -> str:
    return re.sub("[Fd:]", "", classes)


def _classes(folded: str) -> str:
    """One letter per word or phrase: its class, X where it has none."""
    tokens = _TOKEN.findall(folded)
    classes: list[str] = []
    while tokens:
        lengths = (5, 4, 3, 2) if tokens[0] in _OPENERS else ()
        phrase = next((n for n in lengths if "_".join(tokens[:n]) in _CLASS), 1)
        classes.append(_class("_".join(tokens[:phrase])))
        del tokens[:phrase]
    return "".join(classes)


@lru_cache(maxsize=4096)
def _class(token: str) -> str:
    if token in (":", "：", "|"):
        return ":"
    if token[0].isdigit():
        return "D"
    if token in _CLASS:
        return _CLASS[token]
    for prefix, classes in _PREFIXES:
        if token.startswith(prefix):
            word = token.removeprefix(prefix)
            found = _CLASS.get(word) or _belonging(word)
            # و and a verb of two letters are more likely one word of three: وضع is seldom "and put".
            if found in classes and not (found in "AMS" and len(word) < 3):
                return found
    # "Share it": the verb with its object.
    stem = token.removesuffix("ها")
    verb = _CLASS.get(stem) or _CLASS.get(stem + "ا", "X")
    return verb if verb in "AMS" else _belonging(token)


def _belonging(word: str) -> str:
    for suffix, name in (("نا", "U"), ("كم", "Y"), ("ك", "Y")):
        if word.endswith(suffix):
            stem = word.removesuffix(suffix)
            # Before an ending, ta marbuta is written ت.
            if stem in _OWNED or stem.removesuffix("ت") + "ه" in _OWNED:
                return name
    return "X"


def _fold(text: str) -> str:
    """Spelling without what writers vary: vowels, tatweel, hamza, final ya and ta marbuta, case."""
    folded = _NOTHING.sub("", text).translate(_VARIANTS).lower()
    # "By/ Someone", "Advertisement – …": what stands before the first stroke is a label.
    folded = re.sub(r"^(\w+(?: \w+)?) ?(?:/ |[–—-] )(?=\w)", r"\1: ", folded)
    return re.sub(r"^[^\w«“”„\"'‘(#@©]+", "", folded).strip()


def _words(words: str) -> list[str]:
    return [_fold(word) for word in words.split()]


def _notices(table: Mapping[str, str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((_fold(needle), re.compile(notice.translate(_VARIANTS))) for needle, notice in table.items())


# A word of two classes has the first.
_CLASS = {word: name for name, words in reversed(VOCABULARY.items()) for word in _words(words)}
_OPENERS = frozenset(word.split("_")[0] for word in _CLASS if "_" in word)
_OWNED = frozenset(_words(BELONGINGS)) | {word for word, name in _CLASS.items() if name in "PCEB"}
_SECTION_WORDS = frozenset(_words(SECTIONS))
_HOME = frozenset(("الرييسيه", "الصفحه الرييسيه"))
_LONE_LINES = frozenset(word.replace("_", " ") for word in _words(LONE_LINES))
_DISTRIBUTORS, _CLAIMS = _notices(DISTRIBUTORS), _notices(CLAIMS)
_NOTICES = (*_notices(NOTICES), *_DISTRIBUTORS)
_REPORTED = re.compile(r"\b[وف]?(?:" + "|".join(_words(SPEECH)) + r")\b")
_ATTRIBUTED = re.compile(ATTRIBUTION.translate(_VARIANTS))
# Headlines say where, why and how; names and subjects do not.
_PARTICLE = re.compile(r"\b(?:" + "|".join(_words(PARTICLES)) + r")\b")
