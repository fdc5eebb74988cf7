"""From a training checkpoint to a model folder that any Marian tool can load."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import sentencepiece
import torch
from safetensors import SafetensorError
from transformers import MarianMTModel
from transformers.utils.logging import disable_progress_bar

from translate import golden
from translate.conversion import SHORTLIST, convert
from translate.errors import ModelDamaged, MuwaziError
from translate.models import Metadata, Model
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
    shortlist: str | None = None,
) -> None:
    """
    Write ``folder``: float16 safetensors and tokenizer files, ``ct2/`` in int8, ``muwazi.json``.

    ``vocabulary`` is the SentencePiece model that source and target share; the
    checkpoint's vocabulary is its pieces followed by ``<pad>``. The revision is
    a digest of the weights, so that the same weights have the same name. A
    ``shortlist`` goes along where there is one (:mod:`translate.training.shortlist`).

    Raises ModelDamaged where vocabulary and checkpoint differ in size.
    """
    disable_progress_bar()  # type: ignore[no-untyped-call]
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
    files = dict.fromkeys(("source.spm", "target.spm"), vocabulary)
    configuration = {
        "tokenizer_class": "MarianTokenizer",
        "source_lang": "ar",
        "target_lang": "en",
        "separate_vocabs": False,
        "unk_token": "<unk>",
        "eos_token": "</s>",
        "pad_token": PAD,
        "model_max_length": safe_tokens,
    }
    with _complete(folder) as beside:
        model.to(torch.float16).save_pretrained(beside)
        for side, path in files.items():
            shutil.copyfile(path, beside / side)
        _write(beside / "vocab.json", table)
        _write(beside / "tokenizer_config.json", configuration)
        _finish(
            beside,
            Metadata(
                name=name,
                revision="",
                origin=origin,
                licence=licence,
                quality=quality or {},
                normalization=normalization,
                placeholders=placeholders,
                safe_tokens=safe_tokens,
            ),
            shortlist,
        )


def export_tuned(
    checkpoint: Path, base: Model, folder: Path, *, name: str, shortlist: str | None, origin: str = ""
) -> None:
    """
    Write ``folder`` as :func:`export` does, with the vocabulary and the settings of the model tuned.

    The ``shortlist`` is not simply the base's: it may lack what the tuning taught.

    Raises ModelDamaged where the base has no Hugging Face form.
    """
    if base.marian is None:
        raise ModelDamaged(f"{base.name!r} has no Hugging Face form, which alone can be trained further.")
    disable_progress_bar()  # type: ignore[no-untyped-call]
    model: Any = MarianMTModel.from_pretrained(checkpoint, local_files_only=True, dtype=torch.float32)
    with _complete(folder) as beside:
        model.to(torch.float16).save_pretrained(beside)
        shutil.copyfile(base.source_spm, beside / "source.spm")
        shutil.copyfile(base.target_spm, beside / "target.spm")
        for file in ("vocab.json", "tokenizer_config.json"):
            if (base.marian / file).exists():
                shutil.copyfile(base.marian / file, beside / file)
        _finish(
            beside,
            Metadata(
                name=name,
                revision="",
                origin=origin or f"{base.name}, trained further",
                licence=base.licence,
                normalization=base.normalization,
                prefix=base.prefix,
                placeholders=base.placeholders,
                safe_tokens=base.safe_tokens,
            ),
            shortlist,
        )


@contextmanager
def _complete(folder: Path) -> Iterator[Path]:
    """A folder beside, which takes the place of ``folder`` when all is in it."""
    beside = folder.with_name(f".{folder.name}.part")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        yield beside
        shutil.rmtree(folder, ignore_errors=True)
        beside.rename(folder)
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MuwaziError(
            f"The model {folder} cannot be written: {reason}. See that it may be, "
            "and that the disk has room; the same command can then be repeated, and a training is kept."
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _finish(folder: Path, metadata: Metadata, shortlist: str | None) -> None:
    """The CTranslate2 form, and what Muwazi wants to know, with digests of all files."""
    convert(folder, folder / "ct2", quantization="int8")
    if shortlist is not None:
        (folder / "ct2" / SHORTLIST).write_text(shortlist, encoding="utf-8")
    digests = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".json", ".safetensors", ".spm", ".bin", ".txt"} and path.name != "muwazi.json"
    }
    replace(metadata, revision=digests["model.safetensors"], sha256=digests).write(folder)
    golden.keep(folder)


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
