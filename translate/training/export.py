"""From a training checkpoint to a model folder that any Marian tool can load."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import sentencepiece
import torch
from transformers import MarianMTModel

from translate.conversion import convert
from translate.errors import ModelDamaged
from translate.models import Metadata
from translate.normalize import Normalization
from translate.tokenizer import PAD, UNKNOWN


def export(
    checkpoint: Path,
    vocabulary: Path,
    folder: Path,
    *,
    name: str,
    normalization: Normalization,
    placeholders: tuple[str, ...] = (),
    quality: dict[str, float] | None = None,
    safe_tokens: int,
    origin: str = "",
    licence: str = "MIT",
) -> None:
    """
    Write ``folder``: float16 safetensors and tokenizer files, ``ct2/`` in int8, ``muwazi.json``.

    ``vocabulary`` is the SentencePiece model that source and target share; the
    checkpoint's vocabulary is its pieces followed by ``<pad>``. The revision is
    a digest of the weights, so that the same weights have the same name.

    Raises ModelDamaged where vocabulary and checkpoint differ in size.
    """
    model: Any = MarianMTModel.from_pretrained(checkpoint, local_files_only=True, dtype=torch.float32)
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary))
    table = {pieces.id_to_piece(i): i for i in range(pieces.get_piece_size())} | {
        PAD: pieces.get_piece_size()
    }
    if len(table) != model.config.vocab_size:
        raise ModelDamaged(
            f"The vocabulary {vocabulary} has {len(table)} pieces with {PAD}, "
            f"the checkpoint {checkpoint} expects {model.config.vocab_size}."
        )
    # An unknown piece is never a translation; so both engines spread its probability alike.
    model.final_logits_bias[0, table[UNKNOWN]] = -1e4
    folder.mkdir(parents=True, exist_ok=True)
    model.to(torch.float16).save_pretrained(folder)
    for side in ("source.spm", "target.spm"):
        shutil.copyfile(vocabulary, folder / side)
    _write(folder / "vocab.json", table)
    _write(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "MarianTokenizer",
            "source_lang": "ar",
            "target_lang": "en",
            "separate_vocabs": False,
            "unk_token": "<unk>",
            "eos_token": "</s>",
            "pad_token": PAD,
            "model_max_length": safe_tokens,
        },
    )
    shutil.rmtree(folder / "ct2", ignore_errors=True)
    convert(folder, folder / "ct2", quantization="int8")
    digests = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".json", ".safetensors", ".spm", ".bin"} and path.name != "muwazi.json"
    }
    Metadata(
        name=name,
        revision=digests["model.safetensors"],
        origin=origin,
        licence=licence,
        quality=quality or {},
        normalization=normalization,
        placeholders=placeholders,
        safe_tokens=safe_tokens,
        sha256=digests,
    ).write(folder)


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
