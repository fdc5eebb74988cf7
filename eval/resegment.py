"""
A text cut where its reference is cut: minimum word error rate segmentation.

Matusov, Leusch, Bender & Ney (2005). The translation's words are aligned with
the reference's by Levenshtein distance, and each boundary of the reference
falls where the alignment crosses it. It needs neither the source nor an
aligner, so it checks what an aligner says. The tool `mweralign` does the same;
its licence (GPL) keeps it out of Muwazi.
"""

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise

from rapidfuzz.distance import Levenshtein


def resegment(text: str, reference: Sequence[str]) -> list[str]:
    """
    ``text`` in as many pieces as ``reference`` has lines; a piece may be empty.

    White space shrinks to single spaces. Words are compared without case and
    punctuation.

    >>> resegment("He said that. Tokyo has agreed.", ["He has said so.", "Tokyo agreed."])
    ['He said that.', 'Tokyo has agreed.']
    """
    words = text.split()
    lines = [line.split() for line in reference]
    wanted = [_plain(word) for line in lines for word in line]
    # Where each of the reference's words begins in the text.
    places = [0] * (len(wanted) + 1)
    for code in Levenshtein.opcodes([_plain(word) for word in words], wanted):
        length = code.dest_end - code.dest_start
        for offset in range(length):
            share = offset if code.tag != "insert" else 0
            places[code.dest_start + offset] = code.src_start + share
        # What was removed before a word belongs to the words before it.
        places[code.dest_end] = code.src_end
    places[-1] = len(words)
    edges = [0, *accumulate(len(line) for line in lines)]
    cuts = [0, *(places[edge] for edge in edges[1:-1]), len(words)]
    return [" ".join(words[start:end]) for start, end in pairwise(cuts)]


def _plain(word: str) -> str:
    return re.sub(r"\W+", "", word.lower()) or word
