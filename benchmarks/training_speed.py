"""
Target tokens a second while training: one process with all threads against workers of one thread each.

    python benchmarks/training_speed.py [--seconds 60] [--width 256]

Random pairs of news-like lengths, the built-in model's shape, Muon and Adam;
loading and the first update of each worker are not counted.
"""

import argparse
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from translate.training.pairs import Pairs
from translate.training.recipe import Recipe, Stage
from translate.training.trainer import Material, Pace, Progress, Trainer, new_model


def material(pieces: int, count: int = 6_000) -> Material:
    """Pairs of 5 to 60 random pieces a side."""
    chance = np.random.default_rng(1)
    sizes = chance.integers(5, 60, count)
    encoded = [
        (chance.integers(2, pieces, size).astype(np.int32), chance.integers(2, pieces, size).astype(np.int32))
        for size in sizes
    ]
    packed = Pairs.pack(encoded, pad=pieces, end=0)
    return Material(packed, {"random": np.arange(20, count)}, {"development": np.arange(20)})


def measure(recipe: Recipe, outputs: int, workers: int, threads: int, seconds: float) -> float:
    """Target tokens a second, after the first update."""
    table = torch.nn.functional.normalize(torch.randn(recipe.pieces + 1, recipe.width))
    model = new_model(recipe, table, torch.full((recipe.pieces + 1,), 1e-4), torch.arange(outputs))
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            recipe, material(outputs), model, outputs=torch.arange(outputs), table=None,
            folder=Path(folder), workers=workers,
        )  # fmt: skip
        torch.set_num_threads(threads)
        marks: list[tuple[float, int]] = []

        def tick(progress: Progress) -> None:
            marks.append((time.monotonic(), progress.target_tokens))

        trainer.run(seconds / 60, lambda _: None, pace=Pace(1e9, 1e9), tick=tick)
    (first, before), (last, after) = marks[0], marks[-1]
    return (after - before) / (last - first)


def main() -> None:
    """Print a line for each way."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--width", type=int, default=256)
    chosen = parser.parse_args()
    recipe = Recipe(
        (Stage(1.0, 110, {"random": 1.0}),), width=chosen.width, feed_forward=3 * chosen.width,
        tokens=1500, batches=4, guidance=0.0, encoder_layers=6,
    )  # fmt: skip
    cores = os.cpu_count() or 1
    print(f"{cores} cores, torch {torch.__version__}, {chosen.seconds:g} s each")
    for label, outputs, workers, threads, plan in (
        (
            f"one process, {cores} threads, 4003 outputs",
            4003,
            1,
            cores,
            replace(recipe, tokens=3000, batches=2),
        ),
        (
            f"one process, {cores} threads, 4032 outputs",
            4032,
            1,
            cores,
            replace(recipe, tokens=3000, batches=2),
        ),
        (f"{cores} workers, 4003 outputs", 4003, cores, 1, recipe),
        (f"{cores} workers, 4032 outputs", 4032, cores, 1, recipe),
    ):
        print(
            f"{label}: {measure(plan, outputs, workers, threads, chosen.seconds):,.0f} target tokens/s",
            flush=True,
        )


if __name__ == "__main__":
    main()
