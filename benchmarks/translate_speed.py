"""
How fast each engine translates, against transformers in float32, in one run.

    python benchmarks/translate_speed.py [--beam 1] [--model builtin] [--rounds 3] [--limit 300]

Same weights, beam and sentences for all: the seeds, and a longer text made of
them. Each configuration runs in a process of its own, so that its peak memory
is its own. Prints source words per second batched and single, the ratio to
torch float32, peak resident memory, and the time from a cold start of the
process to its first sentence. A processor without bfloat16 units may need hours
in that type: what passes ``--limit`` seconds is said to.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONFIGURATIONS = [("ct2", "int8"), ("ct2", "float32"), ("torch", "float32"), ("torch", "bfloat16")]
BASELINE = ("torch", "float32")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="builtin")
    parser.add_argument("--beam", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=300, help="seconds for each configuration")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(*options.one, options)))
        return
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for engine, compute_type in CONFIGURATIONS:
            model = options.model
            if (engine, compute_type) == ("ct2", "float32"):
                model = converted(model, Path(folder) / "float32")
            command = [sys.executable, __file__, "--one", engine, compute_type, "--model", model]
            command += ["--beam", str(options.beam), "--rounds", str(options.rounds)]
            try:
                done = subprocess.run(
                    command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=options.limit
                )
            except subprocess.TimeoutExpired:
                print(f"{engine} {compute_type}: not measured, it took more than {options.limit:.0f} s")
                continue
            if done.returncode:
                print(f"{engine} {compute_type}: not measured: {done.stderr.strip().splitlines()[-1:]}")
                continue
            results[engine, compute_type] = json.loads(done.stdout.splitlines()[-1])
    base = results.get(BASELINE)
    print(f"model {options.model}, beam {options.beam}, best of {options.rounds}")
    print(
        f"{'engine':<16}{'words/s':>9}{'ratio':>7}{'single':>9}{'ratio':>7}{'peak MB':>9}{'cold start s':>14}"
    )
    for (engine, compute_type), found in results.items():
        ratio = f"{found['batched'] / base['batched']:.1f}" if base else "-"
        alone = f"{found['single'] / base['single']:.1f}" if base else "-"
        print(
            f"{engine + ' ' + compute_type:<16}{found['batched']:>9.0f}{ratio:>7}"
            f"{found['single']:>9.0f}{alone:>7}"
            f"{found['peak_mb']:>9.0f}{found['cold']:>14.2f}"
        )
    for key, found in results.items():
        if key[0] == "ct2":
            print(f"a 500-word article, warm, {' '.join(key)}: {found['article']:.2f} s")


def converted(name: str, folder: Path) -> str:
    """The same weights in float32: the shipped CTranslate2 form is int8, and would stay so."""
    from translate import models
    from translate.conversion import convert
    from translate.settings import load_settings

    settings = load_settings(os.environ)
    model = models.choose(name, folder=settings.models, hub_cache=settings.hub_cache)
    if model.marian is None:
        sys.exit(f"{name} has no Hugging Face form to convert to float32.")
    convert(model.marian, folder, quantization="float32")
    for file in (model.source_spm, model.target_spm, model.folder / "muwazi.json"):
        if file.exists():
            shutil.copy(file, folder)
    return str(folder)


def measure(engine: str, compute_type: str, options: argparse.Namespace) -> dict[str, float]:
    """One configuration in this process; times in seconds, speeds in source words per second."""
    from translate import load, reading

    translator = load(
        options.model,
        engine=engine,
        compute_type=compute_type,
        device="cpu",
        beam=options.beam,
        cache_bytes=0,
    )
    next(translator.translate(["قال رئيس الوزراء إن بلاده ستشارك في القمة."]))
    cold = time.time() - _process_started()
    articles = [reading.read(path) for path in sorted((ROOT / "seeds").glob("*.txt"))]
    sentences = [segment.text for article in articles for segment in article.segments]
    longer = sentences + [f"{text} 1" for text in sentences]
    article = _words(sentences, 500)
    return {
        "batched": _speed(translator, longer, options.rounds),
        "single": max(_alone(translator, sentences[:25]) for _ in range(options.rounds)),
        "article": min(_seconds(translator, article) for _ in range(options.rounds)),
        "cold": cold,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _process_started() -> float:
    """When this process began, in seconds since the epoch; Linux counts it in clock ticks since boot."""
    ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    booted = next(
        int(line.split()[1]) for line in Path("/proc/stat").read_text().splitlines() if "btime" in line
    )
    return booted + ticks / os.sysconf("SC_CLK_TCK")


def _words(sentences: list[str], count: int) -> list[str]:
    taken: list[str] = []
    for sentence in sentences:
        if sum(len(s.split()) for s in taken) >= count:
            break
        taken.append(sentence)
    return taken


def _seconds(translator, sentences: list[str]) -> float:  # type: ignore[no-untyped-def]
    started = time.perf_counter()
    for _ in translator.translate(sentences):
        pass
    return time.perf_counter() - started


def _speed(translator, sentences: list[str], rounds: int) -> float:  # type: ignore[no-untyped-def]
    return sum(len(s.split()) for s in sentences) / min(
        _seconds(translator, sentences) for _ in range(rounds)
    )


def _alone(translator, sentences: list[str]) -> float:  # type: ignore[no-untyped-def]
    seconds = sum(_seconds(translator, [sentence]) for sentence in sentences)
    return sum(len(s.split()) for s in sentences) / seconds


if __name__ == "__main__":
    main()
