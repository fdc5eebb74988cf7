import random

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

from eval.metrics import Bleu, Chrf, ChrfPlusPlus, bleu_words
from eval.ngrams import characters, numbered, overlaps

LINES = [
    "",
    "a",
    "The U.S. said: 3.5% (of it), it said.",
    "كيشيدا said it said it",
    "  spaced   out  ",
    "aaaa aaaa",
]
OTHERS = ["a b", "", "The U.S. said 3.5% of it.", "it said it said كيشيدا", "spaced out", "aaa"]


def test_counts_by_hand() -> None:
    """abab and ab: of ab, ba, ab one ab is matched once; the trigrams have no partner."""
    counts = overlaps([characters("ab ab")], [characters("ab")], 3)
    assert counts.tolist() == [[[4, 2, 2], [3, 1, 1], [2, 0, 0]]]


def test_equal_words_of_different_pairs_do_not_match() -> None:
    words = numbered([["Tokyo"], ["Seoul"], ["Seoul"], ["Tokyo"]])
    assert overlaps(words[:2], words[2:], 1)[:, 0, 2].tolist() == [0, 0]


def test_rows_are_those_of_sacrebleu_for_odd_lines_too() -> None:
    oracles = [(Bleu(), BLEU(force=True)), (Chrf(), CHRF()), (ChrfPlusPlus(), CHRF(word_order=2))]
    for ours, theirs in oracles:
        rows = [list(row) for row in ours.rows(LINES, [OTHERS])]
        assert rows == theirs._extract_corpus_statistics(LINES, [OTHERS]), ours.name


def test_words_are_those_of_sacrebleus_tokenizer_whatever_the_line() -> None:
    chance, theirs = random.Random(1), Tokenizer13a()
    pieces = [*map(chr, range(32, 127)), "\n", "\t", "\u00a0", "&quot;", "&amp;lt;", "<skipped>", "-\n"]
    pieces += ["«", "كي", "..", "1,0", "3-4", "٣", "٫"]
    for _ in range(3_000):
        line = "".join(chance.choices(pieces, k=chance.randrange(25)))
        assert bleu_words(line) == theirs(line.rstrip()).split(), repr(line)


def test_nothing_gives_nothing() -> None:
    assert overlaps([], [], 2).shape == (0, 2, 3)
