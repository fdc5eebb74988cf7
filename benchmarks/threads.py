"""
Workers against threads: how to spend the cores of a CPU on CTranslate2.

    python benchmarks/threads.py [--beam 1] [--rounds 3]

For every way to divide the cores into workers times threads: source words per
second over the seeds in batches of several sizes, and the ratio to one worker
with all the threads. The best of these are the ct2 engine's defaults.
"""

import argparse
import os
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    import ctranslate2

    from translate import models, reading
    from translate.engine import batches
    from translate.tokenizer import Tokenizer

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--beam", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    model = models.find("builtin", folder=ROOT / "no-other-models")
    texts = [s.text for path in sorted((ROOT / "seeds").glob("*.txt")) for s in reading.read(path).segments]
    pieces = Tokenizer(model).encode([model.normalization(text) for text in texts])
    words = sum(len(text.split()) for text in texts)
    cores = os.cpu_count() or 1
    base = 0.0
    print(f"{'workers':>8}{'threads':>8}{'batch tokens':>14}{'words/s':>9}{'ratio':>7}")
    for workers in sorted({1, cores} | {n for n in (2, 4, 8) if n <= cores}):
        threads = cores // workers
        translator = ctranslate2.Translator(
            str(model.ct2), device="cpu", compute_type="int8", inter_threads=workers, intra_threads=threads
        )
        for batch_tokens in (256, 512, 1024, 2048, 4096):
            best = 1e9
            for _ in range(options.rounds):
                started = time.perf_counter()
                waiting = [
                    translator.translate_batch(
                        [pieces[i] for i in group],
                        asynchronous=True,
                        beam_size=options.beam,
                        max_decoding_length=128,
                    )
                    for group in batches([len(row) for row in pieces], batch_tokens)
                ]
                for results in waiting:
                    for result in results:
                        result.result()
                best = min(best, time.perf_counter() - started)
            base = base or words / best
            print(
                f"{workers:>8}{threads:>8}{batch_tokens:>14}{words / best:>9.0f}{words / best / base:>7.2f}"
            )


if __name__ == "__main__":
    main()
