"""What to train, on what, for how long: read from a TOML file."""

import math
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from translate.errors import BadInput


@dataclass(frozen=True, slots=True)
class Stage:
    """
    A stretch of the training with its own mixture.

    ``until`` is the share of the time budget at which it ends; ``longest`` the
    most pieces on a side. ``weights`` says how often an epoch has each pair of
    a source: 2 is every pair twice, 0.1 a random tenth.
    """

    until: float
    longest: int
    weights: dict[str, float]


@dataclass(frozen=True, slots=True)
class Recipe:
    """
    A Marian model and its training.

    ``branches`` scales the first weights of self-attention's values and outputs
    and of the feed-forward layers: below 1 where many layers would not start to
    learn.
    ``matrix_rate`` is Muon's step for the matrices, ``rate`` Adam's for the
    rest (for all, where ``matrix_rate`` is 0); both warm up over ``warmup``
    updates and fall to ``last_rate`` of themselves from ``decay_from`` (a share
    of the budget) on. ``weight_decay`` takes so much of the matrices with a step
    of 1. ``tokens`` bounds a batch, padding included, and ``batches`` of them
    make an update. ``guidance`` weighs the attention head that is shown the
    statistical links, in one batch of ``guided_every``; it falls to
    ``last_guidance`` of that. ``dropout`` is that of embeddings and layers'
    outputs, ``attention_dropout`` that inside attention and feed-forward layers.

    ``segmentations`` is how many segmentations of all sentences are drawn beside
    the plain one, for every pair to come in any of them (Kudo 2018); with a
    lower ``sampling_alpha`` they vary more. The last ``plain_share`` of the
    budget sees the plain one alone. ``rdrop`` weighs the disagreement of two
    passes that differ in their dropout, from ``rdrop_start`` (a share of the
    budget) on; both count for ``tokens``, so an update has half the pairs then.

    ``averaged`` is how many updates the running average of the weights spans,
    0 for none. ``patience`` ends the training after so many validations without
    gain, 0 never. ``joined`` and ``noisy`` add that share of pairs that are two
    or three joined, or have disorder in the Arabic; ``grammar`` adds a source of
    that name with so many pairs.
    """

    stages: tuple[Stage, ...]
    pieces: int = 7999
    width: int = 256
    feed_forward: int = 768
    heads: int = 4
    encoder_layers: int = 3
    decoder_layers: int = 2
    tokens: int = 3000
    batches: int = 1
    branches: float = 1.0
    matrix_rate: float = 0.02
    rate: float = 0.002
    warmup: int = 60
    decay_from: float = 0.5
    last_rate: float = 0.02
    weight_decay: float = 0.0
    label_smoothing: float = 0.1
    guidance: float = 0.4
    guided_every: int = 1
    last_guidance: float = 0.15
    dropout: float = 0.0
    attention_dropout: float = 0.0
    segmentations: int = 0
    sampling_alpha: float = 0.4
    plain_share: float = 0.12
    rdrop: float = 0.0
    rdrop_start: float = 0.35
    averaged: int = 160
    patience: int = 0
    joined: float = 0.0
    noisy: float = 0.0
    grammar: int = 0
    near_duplicates: bool = False
    seed: int = 1
    templated: tuple[str, ...] = ()


_SHARES = {"decay_from", "last_rate", "last_guidance", "dropout", "attention_dropout", "sampling_alpha",
           "plain_share", "rdrop_start", "label_smoothing"}  # fmt: skip
_LEAST_ONE = {
    "pieces",
    "width",
    "feed_forward",
    "heads",
    "encoder_layers",
    "decoder_layers",
    "tokens",
    "batches",
}


def read_recipe(path: Path) -> Recipe:
    """
    The recipe in a TOML file, with ``[[stage]]`` tables in order.

    Raises BadInput for broken TOML, unknown or missing keys, values of another
    kind or size, and stages whose ends do not rise to 1.
    """
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        stages = tuple(_stage(stage, path) for stage in table.pop("stage"))
    except (AttributeError, OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadInput(
            f"{path} is no recipe ({error!r}): expected [[stage]] tables with until, longest and weights."
        ) from error
    unknown = sorted(table.keys() - {f.name for f in fields(Recipe)})
    if unknown:
        raise BadInput(f"{path} sets {', '.join(unknown)}, which no recipe has.")
    ends = [stage.until for stage in stages]
    if ends != sorted(ends) or not ends or ends[-1] != 1.0:
        raise BadInput(f"The stages of {path} end at {ends}; the ends must rise, the last to 1.0.")
    named = table.get("templated", [])
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise BadInput(f"{path} sets templated to {named!r}; expected a list of sources' names.")
    table["templated"] = tuple(named)
    recipe = Recipe(stages=stages, **table)
    for f in fields(Recipe):
        _check(f.name, getattr(recipe, f.name), type(f.default), path)
    if recipe.rdrop and not recipe.dropout + recipe.attention_dropout:
        raise BadInput(
            f"{path} sets rdrop without dropout: its two passes would be the same. Set dropout, such as 0.1."
        )
    if recipe.segmentations and not recipe.sampling_alpha:
        raise BadInput(f"{path} sets sampling_alpha to 0, at which every segmentation is as likely; try 0.4.")
    if recipe.width % recipe.heads:
        raise BadInput(f"{path}: width {recipe.width} cannot be divided among {recipe.heads} heads.")
    return recipe


def _stage(table: dict[str, Any], path: Path) -> Stage:
    unknown = sorted(table.keys() - {f.name for f in fields(Stage)})
    if unknown:
        raise BadInput(
            f"{path} sets {', '.join(unknown)} below a [[stage]]; what holds for all stands above the first."
        )
    weights = {name: float(weight) for name, weight in table["weights"].items()}
    for name, weight in weights.items():
        if not 0 <= weight < math.inf:
            raise BadInput(f"{path} weighs {name} {weight:g}; expected a number of at least 0.")
    if not 0 <= float(table["until"]) <= 1:
        raise BadInput(f"{path} has a stage until {table['until']}; expected a share of the time, up to 1.")
    return Stage(float(table["until"]), int(table["longest"]), weights)


def _check(name: str, value: Any, kind: type, path: Path) -> None:
    """Raise BadInput for a value of another kind, or outside what the key can mean."""
    if kind not in (int, float, bool):
        return
    if name in _SHARES and not value <= 1:
        raise BadInput(f"{path} sets {name} to {value!r}; expected a share of at most 1.")
    least = 1 if name in _LEAST_ONE else 0
    if (
        isinstance(value, bool) != (kind is bool)
        or not isinstance(value, (kind, int))
        or not least <= value < math.inf
    ):
        raise BadInput(f"{path} sets {name} to {value!r}; expected {kind.__name__} of at least {least}.")
