"""Between text and the pieces a Marian model reads and writes."""

from collections.abc import Sequence

import sentencepiece

from translate.errors import ModelDamaged
from translate.models import Model

END = "</s>"
UNKNOWN = "<unk>"
PAD = "<pad>"


class Tokenizer:
    """
    The two SentencePiece models of a Marian model, with its target prefix and end mark.

    Normalization is the translator's work; this takes text as it is.
    """

    def __init__(self, model: Model) -> None:
        self._prefix = list(model.prefix)
        self._source = _processor(model, "source")
        self._target = _processor(model, "target")

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """Pieces of each text as the encoder expects them, ``</s>`` included."""
        encoded: list[list[str]] = self._source.encode([_encodable(text) for text in texts], out_type=str)
        return [[*self._prefix, *pieces, END] for pieces in encoded]

    def length(self, text: str) -> int:
        """How many pieces :meth:`encode` would give."""
        pieces: list[int] = self._source.encode(_encodable(text))
        return len(pieces) + len(self._prefix) + 1

    def decode(self, pieces: Sequence[str]) -> str:
        """Text of an output; special pieces are left out."""
        kept = [piece for piece in pieces if piece not in {END, UNKNOWN, PAD}]
        text: str = self._target.decode_pieces(kept)
        return text


def _processor(model: Model, side: str) -> sentencepiece.SentencePieceProcessor:
    path = model.source_spm if side == "source" else model.target_spm
    try:
        return sentencepiece.SentencePieceProcessor(model_file=str(path))
    except (OSError, RuntimeError) as error:
        raise ModelDamaged(
            f"The {side} vocabulary {path} of {model.name!r} cannot be read ({error}). "
            "Remove the model and fetch it again."
        ) from error


def _encodable(text: str) -> str:
    """SentencePiece takes UTF-8, which has no place for a lone surrogate."""
    return text.encode("utf-8", "replace").decode("utf-8")
