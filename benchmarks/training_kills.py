"""
Kill a training at random moments, and see that it goes on each time.

    python benchmarks/training_kills.py [--kills 10] [--seed 1]

A tiny real training through the command line, killed (SIGKILL) between 0 and 12
seconds after its checkpoint first appears or changes. After each kill the
checkpoint must load, and its update count must never fall.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

from translate.training.grammar import generate

RECIPE = """
pieces = 400
width = 64
feed_forward = 128
heads = 2
encoder_layers = 1
decoder_layers = 1
tokens = 600
[[stage]]
until = 1.0
longest = 60
weights = {made = 1}
"""


def main() -> None:
    """Print a line for each kill; exit 1 where a training did not go on."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        pairs = list(generate(600, seed=1))
        (folder / "made.tsv").write_text("".join(f"{p.source}\t{p.target}\n" for p in pairs[60:]), "utf-8")
        (folder / "dev.ar").write_text("".join(p.source + "\n" for p in pairs[:60]), "utf-8")
        (folder / "dev.en").write_text("".join(p.target + "\n" for p in pairs[:60]), "utf-8")
        (folder / "recipe.toml").write_text(RECIPE, "utf-8")
        muwazi = Path(__file__).resolve().parents[1] / "muwazi.py"
        command = [
            *(sys.executable, str(muwazi), "train", str(folder / "recipe.toml"), "--data", place),
            *("--dev", str(folder / "dev"), "--out", str(folder / "out")),
            *("--minutes", "600", "--save-every", "0.02"),
        ]
        state, reached = folder / "out" / "training.pt", 0
        for number in range(1, chosen.kills + 1):
            before = state.stat().st_mtime_ns if state.exists() else 0
            process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
            while (state.stat().st_mtime_ns if state.exists() else 0) == before:
                if process.poll() is not None:
                    sys.exit(f"kill {number}: the training did not go on:\n{process.communicate()[1]}")
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 12))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            step = torch.load(state, weights_only=True)["progress"]["step"]
            print(f"kill {number}: saved at update {step:,}, {reached:,} before", flush=True)
            if step <= reached:
                sys.exit("The training lost what it had.")
            reached = step


if __name__ == "__main__":
    main()
