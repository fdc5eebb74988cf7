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

    def encode_target(self, texts: Sequence[str]) -> list[list[str]]:
        """Pieces of given translations, as the decoder would write them, without ``</s>``."""
        encoded: list[list[str]] = self._target.encode([_encodable(text) for text in texts], out_type=str)
        return encoded

    def spans(self, text: str, side: str) -> list[tuple[int, int]]:
        """
        Where each piece that :meth:`encode` or :meth:`encode_target` makes of ``text`` stands in it.

        Code points; a space before a word belongs to its first piece. The target
        prefix and ``</s>`` stand nowhere, at (0, 0) and at the end.
        """
        text = _encodable(text)
        if side == "target":
            return list(self._target.encode(text, return_type="offset_mapping")["offsets"])
        placed = self._source.encode(text, return_type="offset_mapping")["offsets"]
        return [*((0, 0) for _ in self._prefix), *placed, (len(text), len(text))]

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
