"""Where quotations and brackets open and close in Arabic news, and which of them never close."""

import re
from collections.abc import Iterator

from translate.normalize import ARABIC_LETTER

# A quotation longer than this many code points is a typist's slip or a speech: either way
# its sentences are better read one at a time. Seven sentences of an agency story fit in it.
LONGEST_QUOTATION = 800
LONGEST_BRACKET = 300

MARKS = '"“”„‟«»()[]{}'
_MARK = re.compile(f"[{re.escape(MARKS)}]")
# Every double mark is one family: keyboards and right-to-left editors mirror and mix them (”…“, “…").
_FAMILY = {**dict.fromkeys('"“”„‟', '"'), **dict.fromkeys("«»", "«"), **dict.fromkeys("()", "(")}
_FAMILY |= {**dict.fromkeys("[]", "["), **dict.fromkeys("{}", "{")}
_OPENS_AFTER = re.compile(
    # At the start, after a space or an opening mark, or glued to a one-letter word: بـ"الكارثي".
    rf"(?:^|[\s({{\[“«\"':،؛,;/–—-]|(?<![{ARABIC_LETTER}])[وفبلك]?[وفبلك]ـ*)[\u200e\u200f]*$"
)
_CLOSES_BEFORE = re.compile(r"[\s.,:;!?،؛؟…)\]}»”\"'/–—\u200e\u200f-]|$")


def enclosed(text: str) -> list[tuple[int, int]]:
    """
    The spans (start, end) of quotations and brackets that close, marks included, by their ends.

    Quotation marks are told apart by what stands around them, then by their
    shape: «…» and »…«, “…” and ”…“ and "…" all count. Spans may nest. A mark
    that finds no partner within LONGEST_QUOTATION (brackets: LONGEST_BRACKET)
    code points encloses nothing.

    >>> enclosed('وقال: "انتهى. نعم"')
    [(6, 18)]
    """
    spans: list[tuple[int, int]] = []
    opened: dict[str, list[int]] = {}
    for position, family, opens in _directed(text):
        waiting = opened.setdefault(family, [])
        if opens:
            waiting.append(position)
        elif waiting:
            start = waiting.pop()
            longest = LONGEST_QUOTATION if family in {'"', "«"} else LONGEST_BRACKET
            if position - start <= longest:
                spans.append((start, position + 1))
    return spans


def _directed(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield (position, family, whether it opens) for each mark."""
    balance: dict[str, int] = {}
    for match in _MARK.finditer(text):
        position, mark = match.start(), match.group()
        family = _FAMILY[mark]
        if family not in {'"', "«"}:
            yield position, family, mark == family
            continue
        before = bool(_OPENS_AFTER.search(text, max(0, position - 8), position))
        after = bool(_CLOSES_BEFORE.match(text, position + 1))
        if before != after:
            opens = before
        elif mark == '"':
            opens = not balance.get(family)
        else:
            opens = mark in "“„«"
        balance[family] = balance.get(family, 0) + 1 if opens else max(0, balance.get(family, 0) - 1)
        yield position, family, opens
