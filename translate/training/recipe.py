"""What to train, on what, for how long: read from a TOML file."""

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

    ``matrix_rate`` is Muon's step for the matrices, ``rate`` Adam's for the
    rest (for all, where ``matrix_rate`` is 0); both warm up over ``warmup``
    updates and fall to nothing from ``decay_from`` (a share of the budget) on.
    ``tokens`` bounds a batch, padding included, and ``batches`` of them make an
    update. ``guidance`` weighs the attention head that is shown the statistical
    links, in one batch of ``guided_every``; it falls to 15 % of that.
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
    matrix_rate: float = 0.02
    rate: float = 0.002
    warmup: int = 60
    decay_from: float = 0.5
    label_smoothing: float = 0.1
    guidance: float = 0.4
    guided_every: int = 1
    dropout: float = 0.0
    averaged: int = 160
    patience: int = 0
    joined: float = 0.0
    noisy: float = 0.0
    grammar: int = 0
    near_duplicates: bool = False
    seed: int = 1
    templated: tuple[str, ...] = ()


def read_recipe(path: Path) -> Recipe:
    """
    The recipe in a TOML file, with ``[[stage]]`` tables in order.

    Raises BadInput for broken TOML, unknown or missing keys, and stages whose ends do not rise to 1.
    """
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        stages = tuple(
            Stage(
                float(stage["until"]),
                int(stage["longest"]),
                {k: float(v) for k, v in stage["weights"].items()},
            )
            for stage in table.pop("stage")
        )
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadInput(
            f"{path} is no recipe ({error!r}): expected [[stage]] tables with until, longest and weights."
        ) from error
    unknown = sorted(table.keys() - {f.name for f in fields(Recipe)})
    if unknown:
        raise BadInput(f"{path} sets {', '.join(unknown)}, which no recipe has.")
    ends = [stage.until for stage in stages]
    if ends != sorted(ends) or not ends or ends[-1] != 1.0:
        raise BadInput(f"The stages of {path} end at {ends}; the ends must rise, the last to 1.0.")
    table["templated"] = tuple(table.get("templated", ()))
    recipe = Recipe(stages=stages, **table)
    for f in fields(Recipe):
        value, kind = getattr(recipe, f.name), type(f.default)
        if kind in (int, float, bool) and (
            isinstance(value, bool) != (kind is bool) or not isinstance(value, (kind, int)) or value < 0
        ):
            raise BadInput(f"{path} sets {f.name} to {value!r}; expected {kind.__name__} of at least 0.")
    if recipe.width % recipe.heads:
        raise BadInput(f"{path}: width {recipe.width} cannot be divided among {recipe.heads} heads.")
    return recipe
