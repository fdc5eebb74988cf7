"""One SentencePiece vocabulary for both languages, with our normalization inside."""

import re
import tempfile
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import sentencepiece

from translate import normalize
from translate.errors import BadInput
from translate.tokenizer import END, UNKNOWN


def train_vocabulary(texts: Iterable[str], prefix: Path, *, pieces: int, threads: int = 2) -> Path:
    """
    Train a unigram vocabulary (Kudo 2018) and return the path of its model.

    ``pieces`` counts ``</s>`` (0) and ``<unk>`` (1); the ``<pad>`` that Marian
    adds last is not among them. Digits are pieces of their own, so that numbers
    are copied figure by figure. Tools that know nothing of Muwazi normalize as
    we do, because the rules are part of the model file.

    Raises BadInput where the text is too little for so many pieces.
    """
    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder) / "rules.tsv"
        rules.write_text("".join(_rules()), encoding="utf-8")
        try:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(texts),
                model_prefix=str(prefix),
                model_type="unigram",
                vocab_size=pieces,
                character_coverage=0.9998,
                eos_id=0,
                unk_id=1,
                bos_id=-1,
                pad_id=-1,
                eos_piece=END,
                unk_piece=UNKNOWN,
                split_digits=True,
                required_chars="".join(map(chr, range(33, 127))),
                normalization_rule_tsv=str(rules),
                input_sentence_size=400_000,
                shuffle_input_sentence=True,
                max_sentence_length=6_000,
                num_threads=threads,
                minloglevel=2,
            )
        except RuntimeError as error:
            raise BadInput(
                f"A vocabulary of {pieces} pieces cannot be made from this text: {error}. "
                "Give more text or ask for fewer pieces."
            ) from error
    return prefix.with_name(prefix.name + ".model")


def _rules() -> Iterable[str]:
    """Our character changes, as SentencePiece's rule file wants them: code points in hexadecimal."""
    mapping = dict.fromkeys(_characters(normalize.INVISIBLE + normalize.DIACRITICS), "")
    mapping |= normalize.plain_table()
    for character in _characters(normalize.COMPATIBLE):
        composed = "".join(mapping.get(c, c) for c in unicodedata.normalize("NFKC", character))
        if composed != character:
            mapping.setdefault(character, composed)
    mapping |= dict.fromkeys("\t\n\r\u00a0\u2002\u2003\u2009\u202f\u3000", " ")
    for character, replacement in mapping.items():
        yield f"{ord(character):X}\t{' '.join(f'{ord(c):X}' for c in replacement)}\n"


def _characters(ranges: str) -> list[str]:
    return re.findall(f"[{ranges}]", "".join(map(chr, range(0x10000))))
