"""
Word links taken further, to what is attached to Arabic words: ``وبالبيت`` is *and*, *in*, *the*, *house*.

Words are linked whole first (:mod:`align.words`). A clitic is then linked to an
English function word of its own that nobody else claims and that stands where it
must, beside what its stem became; only such a partner proves that the first
letters are a clitic at all. There is no gold to learn this from: the rules below
are grammar, and leave out what they are not sure of.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from align.bead import WordLink
from align.tokens import ENCLITICS, FUSED, PROCLITICS, Word, arabic_form, words

_BEFORE: Mapping[str, frozenset[str]] = {
    "و": frozenset({"and", "while"}),
    "ف": frozenset({"so", "then", "and", "thus"}),
    "ب": frozenset({"in", "with", "by", "at", "on", "of", "to", "for", "through"}),
    "ل": frozenset({"to", "for", "of", "by", "in"}),
    "ك": frozenset({"as", "like"}),
    "س": frozenset({"will", "would", "shall"}),
    "ال": frozenset({"the"}),
}
# English for a pronoun before its noun, and behind its verb or preposition.
_PRONOUNS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "ه": (frozenset({"his", "its"}), frozenset({"him", "it", "he"})),
    "ها": (frozenset({"her", "its", "their"}), frozenset({"her", "it", "she", "them", "they"})),
    "هم": (frozenset({"their"}), frozenset({"them", "they"})),
    "هما": (frozenset({"their"}), frozenset({"them", "they", "both"})),
    "نا": (frozenset({"our"}), frozenset({"us", "we"})),
    "كم": (frozenset({"your"}), frozenset({"you"})),
    "ي": (frozenset({"my"}), frozenset({"me", "i"})),
}
# An English word of these is the partner of no other Arabic word that lacks the clitic, whatever was linked.
_CLAIMED = frozenset({"و", "ف", "س", "ال"})
_REACH = 3  # English words that may stand between a clitic and its stem …
_REACH_AND = 6  # … and between "and" and a verb whose subject follows in Arabic.


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a form, ``form[start:end]``; ``says`` is the clitic in its full shape, "" for the stem."""

    start: int
    end: int
    says: str


def pieces(form: str, counts: Mapping[str, int]) -> list[Piece]:
    """
    The clitics and the stem of an Arabic form, in order: the stem that is commonest in text.

    >>> [(piece.start, piece.end, piece.says) for piece in pieces("وللبيت", {"البيت": 9, "بيت": 5})]
    [(0, 1, 'و'), (1, 2, 'ل'), (2, 3, 'ال'), (3, 6, '')]
    """
    most, length, ending = counts.get(form, 0), 0, ""
    for head in range(min(4, len(form) - 3) + 1):
        if head and form[:head] not in PROCLITICS and form[:head] not in FUSED:
            continue
        rests = [form[head:]] if form[:head] not in FUSED else [form[head:], "ال" + form[head:]]
        for rest in rests:
            for ends in ("", *(end for end in ENCLITICS if rest.endswith(end) and len(rest) - len(end) > 2)):
                bare = rest.removesuffix(ends)
                for stem in {bare, bare + "ه"} if ends else {bare}:
                    if counts.get(stem, 0) > most:
                        most, length, ending = counts[stem], head, ends
    found = list(_before(form[:length]))
    if not any(piece.says == "ال" for piece in found) and form.startswith("ال", length):
        rest = form[length + 2 :].removesuffix(ending)
        if len(rest) > 2 and counts.get(rest, 0):
            found.append(Piece(length, length + 2, "ال"))
            length += 2
    # تها is the feminine ending and ها.
    pronoun = ending.removeprefix("ت") if ending.removeprefix("ت") in _PRONOUNS else ""
    stop = len(form) - len(pronoun)
    found.append(Piece(length, stop, ""))
    return [*found, Piece(stop, len(form), pronoun)] if pronoun else found


def _before(letters: str) -> Iterator[Piece]:
    """The clitics in the letters before a stem; the second ل of لل is the article."""
    at = 0
    while at < len(letters):
        if letters.startswith("ال", at):
            yield Piece(at, at + 2, "ال")
            at += 2
            continue
        fused = letters in FUSED and at == len(letters) - 1
        yield Piece(at, at + 1, "ال" if fused else letters[at])
        at += 1


def refine(source: str, target: str, links: Sequence[WordLink], counts: Mapping[str, int]) -> list[WordLink]:
    """
    The links of a sentence pair, with those of clitics, and of stems where clitics have links of their own.

    ``counts`` say how often each Arabic form is seen in text (:attr:`align.lexicon.Lexicon.counts`).
    """
    arabic, english = words(source), words(target)
    at_source = {word.start: i for i, word in enumerate(arabic)}
    at_target = {word.start: j for j, word in enumerate(english)}
    linked = [(at_source[link.source_start], at_target[link.target_start], link) for link in links]
    partners: dict[int, set[int]] = {}
    owners: dict[int, set[int]] = {}
    for i, j, _ in linked:
        partners.setdefault(i, set()).add(j)
        owners.setdefault(j, set()).add(i)
    split = {
        i: pieces(word.form, counts)
        for i, word in enumerate(arabic)
        if word.script == "arabic" and i in partners
    }
    having: defaultdict[str, set[int]] = defaultdict(set)
    for i, parts in split.items():
        for piece in parts:
            having[piece.says].add(i)
        having[arabic[i].form].add(i)  # A و by itself.
    choices = sorted(
        # Of a noun and its adjectives, which all have the article in Arabic, the noun comes first.
        (1 if piece.says == "ال" else distance, i, distance, p, j)
        for i, parts in split.items()
        for p, piece in enumerate(parts)
        if piece.says
        for distance, j in _candidates(i, piece, partners[i], english, owners, having[piece.says])
    )
    chosen: dict[tuple[int, int], int] = {}
    for *_, i, _, p, j in choices:
        ordered = all(
            (q < p) == (k < j) for (n, q), k in chosen.items() if n == i and split[i][q].says in _BEFORE
        )
        if (i, p) not in chosen and j not in chosen.values() and ordered:
            chosen[i, p] = j
    refined = {i for i, _ in chosen}
    scores = {i: max(link.score for n, _, link in linked if n == i) for i in refined}
    made = [
        link if i not in refined else _moved(link, source, arabic[i], _stem(split[i]))
        for i, j, link in linked
        if j not in chosen.values()
    ]
    for (i, p), j in chosen.items():
        whole = WordLink(arabic[i].start, arabic[i].end, english[j].start, english[j].end, scores[i])
        made.append(_moved(whole, source, arabic[i], split[i][p]))
    return sorted(made, key=lambda link: (link.source_start, link.target_start))


def _candidates(
    i: int,
    piece: Piece,
    partners: set[int],
    english: Sequence[Word],
    owners: Mapping[int, set[int]],
    having: set[int],
) -> Iterator[tuple[int, int]]:
    """
    How far away each English word is that may be a clitic's, and which.

    ``having`` are the Arabic words that have the same clitic.
    """
    before, behind = _PRONOUNS.get(piece.says) or (_BEFORE[piece.says], frozenset[str]())
    stems = [j for j in partners if english[j].form not in before | behind] or sorted(partners)
    reach = _REACH_AND if piece.says in {"و", "ف"} else _REACH

    def free(j: int) -> bool:
        others = owners.get(j, set()) - {i}
        return not (others & having if piece.says in _CLAIMED else others)

    def ours(j: int) -> bool:
        """Whether an English word may stand between: nobody's, the stem's, or that of what follows it."""
        return all(i <= owner <= i + reach for owner in owners.get(j, ()))

    for j in range(min(stems) - 1, max(min(stems) - 2 - reach, -1), -1):
        if english[j].form in before and free(j):
            yield min(stems) - j, j
        if not ours(j):
            break
    for j in range(max(stems) + 1, min(max(stems) + 3, len(english))):
        if english[j].form in behind and free(j):
            yield j - max(stems), j
        if not ours(j):
            break


def _stem(parts: Sequence[Piece]) -> Piece:
    return next(piece for piece in parts if not piece.says)


def _moved(link: WordLink, source: str, word: Word, piece: Piece) -> WordLink:
    """The link with only a piece of its Arabic word; marks belong to the letter before them."""
    places = [n for n in range(word.start, word.end) if arabic_form(source[n])]
    ends = [*places, word.end]
    return replace(link, source_start=ends[piece.start], source_end=ends[piece.end])
