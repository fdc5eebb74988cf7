"""One model from several that began with the same weights: the mean of all of theirs."""

import json
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import MarianMTModel
from transformers.utils.logging import disable_progress_bar

from translate.errors import BadInput, ModelDamaged
from translate.models import Model
from translate.training.export import export_tuned
from translate.training.shortlist import merged, shortlist_of


def average(parts: Sequence[tuple[Model, float]], folder: Path, *, name: str) -> None:
    """
    Write ``folder``: the models' mean by their weights, with all else as the first one has it.

    Where trainings went on from one another, or from a common model, the mean
    often translates better than any of them (Wortsman et al. 2022, Model soups).

    Raises BadInput for a single model, a weight that is no number above 0, or
    models of other shapes or vocabularies; ModelDamaged where one has no
    Hugging Face form.
    """
    if len(parts) < 2:
        given = ", ".join(repr(model.name) for model, _ in parts) or "no model"
        raise BadInput(f"Only {given} was given; a mean takes two models or more. Name another one.")
    for model, weight in parts:
        if not 0 < weight < math.inf:
            raise BadInput(f"The weight of {model.name!r} is {weight:g}; it must be a number above 0.")
    disable_progress_bar()  # type: ignore[no-untyped-call]
    first, *others = (model for model, _ in parts)
    whole = sum(weight for _, weight in parts)
    if not whole < math.inf:
        raise BadInput("The weights add up to more than a number can hold; divide them all by the same.")
    mean = _read(first)
    with torch.no_grad():
        held = dict(mean.named_parameters())
        for tensor in held.values():
            tensor.mul_(parts[0][1] / whole)
        for model, (_, weight) in zip(others, parts[1:], strict=True):
            _compare(first, model)
            more = dict(_read(model).named_parameters())
            shapes = [{key: tuple(t.shape) for key, t in some.items()} for some in (held, more)]
            if shapes[0] != shapes[1]:
                raise BadInput(_unlike(first, model, "shape"))
            for key, tensor in more.items():
                held[key].add_(tensor, alpha=weight / whole)
    with tempfile.TemporaryDirectory() as place:
        mean.save_pretrained(place)
        origin = "mean of " + ", ".join(f"{model.label} × {weight:g}" for model, weight in parts)
        lists = [text for model, _ in parts if (text := shortlist_of(model)) is not None]
        # Where one model may write any piece, so may the mean.
        allowed = merged(lists) if len(lists) == len(parts) else None
        export_tuned(Path(place), first, folder, name=name, shortlist=allowed, origin=origin)


def _read(model: Model) -> Any:
    if model.marian is None:
        raise ModelDamaged(f"{model.name!r} has no Hugging Face form, which alone can be averaged.")
    return MarianMTModel.from_pretrained(model.marian, local_files_only=True, dtype=torch.float32)


def _compare(first: Model, other: Model) -> None:
    """Raise BadInput where the same number is another piece, or other text reaches the models."""
    if other.marian is None:
        return
    assert first.marian is not None
    tables = [json.loads((m.marian / "vocab.json").read_text("utf-8")) for m in (first, other) if m.marian]
    files = [[side.read_bytes() for side in (m.source_spm, m.target_spm)] for m in (first, other)]
    if tables[0] != tables[1] or files[0] != files[1]:
        raise BadInput(_unlike(first, other, "vocabulary"))
    if first.normalization != other.normalization or first.prefix != other.prefix:
        raise BadInput(_unlike(first, other, "normalization"))


def _unlike(first: Model, other: Model, what: str) -> str:
    return (
        f"{other.name!r} has another {what} than {first.name!r}. Only models that were trained on from "
        "the same one (muwazi train --from) have a mean."
    )
