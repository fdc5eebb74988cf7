"""Training a model further on somebody's own pairs, without its forgetting the rest."""

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import MarianMTModel
from transformers.utils.logging import disable_progress_bar

from translate.conversion import SHUT
from translate.errors import BadInput, ModelDamaged
from translate.models import Model
from translate.tokenizer import END, UNKNOWN, Tokenizer
from translate.training.build import make_folder, within
from translate.training.corpus import Cleaner, Pair
from translate.training.export import export_tuned
from translate.training.links import Encoded
from translate.training.pairs import Pairs
from translate.training.parallel import read
from translate.training.recipe import Recipe, Stage
from translate.training.scoring import score_model
from translate.training.shortlist import extended, shortlist_of
from translate.training.trainer import STATE, Material, OtherTraining, Trainer

LEAST = 20
_HELD_OUT = 10  # One pair in so many.
_MEASURED = 300


@dataclass(frozen=True, slots=True)
class Own:
    """
    Pairs to learn from and pairs held out to judge by: one's own, and general ones.

    ``mixed`` and ``general`` are empty where there is no general text.
    """

    learned: list[Pair]
    held_out: list[Pair]
    mixed: list[Pair]
    general: list[Pair]


def gather(
    base: Model,
    data: Sequence[Path],
    mix: Sequence[Path],
    development: Sequence[Pair],
    say: Callable[[str], None],
) -> Own:
    """
    Read and clean one's own pairs and general ones, and hold a tenth of each out.

    Which pairs are held out depends on their text alone, so that it stays the
    same when more are added. A ``development`` set takes the place of one's own.

    Raises BadInput for unreadable files, and where fewer than twenty pairs are left.
    """
    lines = [text for pair in development for text in (pair.source, pair.target)]
    cleaner = Cleaner(base.normalization, lines)
    own = _clean(cleaner, data, say)
    if len(own) < LEAST:
        raise BadInput(
            f"{len(own)} usable pairs are too few to learn from; it takes {LEAST}, and a few hundred "
            "to help. Translate or correct more sentences and export them again."
        )
    general = _clean(cleaner, mix, say)
    learned, held_out = _divide(own)
    mixed, watched = _divide(general)
    return Own(
        own if development else learned,
        _some(development) if development else held_out[:_MEASURED],
        mixed,
        watched[:_MEASURED],
    )


def tuning_recipe(own: Own, *, rate: float, mix_share: float, large: bool, seed: int = 1) -> Recipe:
    """
    A low rate throughout, Adam alone, an average over few updates, and an end when nothing more is gained.

    ``mix_share`` says how many general pairs an epoch has for each of one's own.
    """
    weights = {"own": 1.0}
    if own.mixed:
        weights["general"] = mix_share * len(own.learned) / len(own.mixed)
    return Recipe(
        (Stage(1.0, 10_000, weights),),
        tokens=800 if large else 1500,
        batches=1,
        matrix_rate=0.0,
        rate=rate,
        warmup=20,
        decay_from=0.1,
        guidance=0.0,
        averaged=80,
        patience=6,
        dropout=0.1,
        seed=seed,
    )


def prepare_tuning(
    base: Model,
    own: Own,
    recipe: Recipe,
    folder: Path,
    *,
    name: str,
    workers: int,
    device: str = "cpu",
    say: Callable[[str], None] = lambda _: None,
) -> Trainer:
    """
    A trainer that begins with the weights of ``base`` and keeps its vocabulary.

    It goes on from what ``folder`` holds where model, pairs and recipe are the
    same, and begins anew otherwise: who adds corrections wants those learned.

    Raises ModelDamaged where the model has no Hugging Face form to train.
    """
    if base.marian is None:
        raise ModelDamaged(
            f"{base.name!r} has only a CTranslate2 form; training needs the Hugging Face one. "
            "Fetch it with: muwazi model fetch NAME"
        )
    make_folder(folder)
    disable_progress_bar()  # type: ignore[no-untyped-call]
    model: Any = MarianMTModel.from_pretrained(base.marian, local_files_only=True, dtype=torch.float32)
    encode = _encoder(base, longest=min(base.safe_tokens, 200))
    sets = {key: encode(getattr(own, key)) for key in ("learned", "mixed", "held_out", "general")}
    for key in ("learned", "held_out"):
        if not sets[key]:
            raise BadInput(f"None of the pairs {key.replace('_', ' ')} is short enough for {base.name!r}.")
    packed = Pairs.pack(
        [pair for pairs in sets.values() for pair in pairs],
        pad=model.config.pad_token_id,
        end=model.config.eos_token_id,
    )
    ends = np.cumsum([0, *map(len, sets.values())])
    spans = {key: np.arange(ends[i], ends[i + 1]) for i, key in enumerate(sets)}
    development = {"development": spans["held_out"]}
    if sets["general"]:
        development["general"] = spans["general"]
    bias = model.final_logits_bias[0]
    outputs = (bias > SHUT).nonzero().flatten()
    outputs = outputs[outputs != model.config.pad_token_id]
    spare = (bias <= SHUT).nonzero().flatten()
    outputs = torch.cat([outputs, spare[spare != model.config.pad_token_id][: -len(outputs) % 32]])

    def score(checkpoint: Path) -> Mapping[str, float]:
        export_tuned(checkpoint, base, folder / "scored", name=name, shortlist=tuned_shortlist(base, own))
        return score_model(folder / "scored", own.held_out)

    def trainer() -> Trainer:
        return Trainer(
            recipe,
            Material(packed, {"own": spans["learned"], "general": spans["mixed"]}, development),
            model,
            outputs=outputs,
            table=None,
            folder=folder,
            workers=workers,
            device=device,
            score=score,
            origin=hashlib.sha256(repr((base.revision, own, recipe)).encode()).hexdigest(),
        )

    try:
        return trainer()
    except OtherTraining:
        say(f"The training in {folder} was of other pairs, another model or rate: this one begins anew.")
        (folder / STATE).unlink()
        return trainer()


def tuned_shortlist(base: Model, own: Own) -> str | None:
    """The base's shortlist with what one's own pairs need besides; None where it has none."""
    text = shortlist_of(base)
    if text is None:
        return None
    tokenizer = Tokenizer(base)
    sources = tokenizer.encode([base.normalization(pair.source) for pair in own.learned])
    targets = tokenizer.encode_target([pair.target for pair in own.learned])
    return extended(text, (([p for p in a if p != END], b) for a, b in zip(sources, targets, strict=True)))


def _encoder(base: Model, *, longest: int) -> Callable[[Sequence[Pair]], list[Encoded]]:
    import sentencepiece

    assert base.marian is not None
    table: dict[str, int] = json.loads((base.marian / "vocab.json").read_text(encoding="utf-8"))
    unknown = table.get(UNKNOWN, 1)
    tokenizer = Tokenizer(base)
    target = sentencepiece.SentencePieceProcessor(model_file=str(base.target_spm))

    def encode(pairs: Sequence[Pair]) -> list[Encoded]:
        sources = ([p for p in pieces if p != END] for pieces in tokenizer.encode([p.source for p in pairs]))
        targets = target.encode([pair.target for pair in pairs], out_type=str)
        ids = (
            ([table.get(p, unknown) for p in left], [table.get(p, unknown) for p in right])
            for left, right in zip(sources, targets, strict=True)
        )
        return within(ids, longest)

    return encode


def _clean(cleaner: Cleaner, paths: Sequence[Path], say: Callable[[str], None]) -> list[Pair]:
    pairs: list[Pair] = []
    for path in paths:
        made, report = cleaner.clean(read(path), name=str(path))
        say(f"{path.name}: {report}")
        pairs += made
    return pairs


def _divide(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
    """All but a tenth, and that tenth; at least one pair is held out."""
    ranked = sorted(pairs, key=lambda pair: zlib.crc32(pair.source.encode()))
    if not pairs:
        return [], []
    chosen = {p for p in pairs if zlib.crc32(p.source.encode()) % _HELD_OUT == 0} or {ranked[0]}
    return [p for p in pairs if p not in chosen], [p for p in ranked if p in chosen]


def _some(pairs: Sequence[Pair]) -> list[Pair]:
    return list(pairs[:: max(1, len(pairs) // _MEASURED)][:_MEASURED])
