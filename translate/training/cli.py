"""`muwazi train`: a Marian model from parallel text, or a better one from one's own corrections."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from translate.errors import BadInput, MissingDependency

if TYPE_CHECKING:
    from translate.models import Model
    from translate.training.trainer import Pace, Progress, Trainer

_LEAST_GAIN = 0.005  # Nats a piece; less is as likely to be chance.


@click.command()
@click.argument("recipe", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "base",
              help="Train this model further: a name such as builtin, or a folder. With a RECIPE as well, "
              "begin with its weights and vocabulary.")  # fmt: skip
@click.option("--data", "data", multiple=True, required=True, type=click.Path(path_type=Path),
              help="With a RECIPE: the folder of its sources. With --from: TSV, TMX or PREFIX of "
              "PREFIX.ar and PREFIX.en; may be repeated.")  # fmt: skip
@click.option("--mix", multiple=True, type=click.Path(path_type=Path),
              help="With --from: general text against forgetting; may be repeated.")  # fmt: skip
@click.option("--mix-share", type=click.FloatRange(0, 100), default=1.0, show_default=True,
              help="General pairs for each of your own.")  # fmt: skip
@click.option("--rate", type=click.FloatRange(0, 1, min_open=True), default=1e-4, show_default=True,
              help="How far each update goes, with --from.")  # fmt: skip
@click.option("--dev", "development", multiple=True, type=click.Path(path_type=Path),
              help="Development set PREFIX.ar and PREFIX.en; may be repeated. Needed with a RECIPE; "
              "with --from a tenth of the data is held out instead.")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="Checkpoints and, in model/, the result. A training found there goes on.")  # fmt: skip
@click.option(
    "--minutes", type=click.FloatRange(0, min_open=True), required=True, help="Training time in all."
)
@click.option("--score-every", type=click.FloatRange(0), default=0.0, show_default=True,
              help="Minutes between looks at BLEU and chrF; 0 is at the end only.")  # fmt: skip
@click.option("--save-every", type=click.FloatRange(0, min_open=True), default=5.0, show_default=True,
              help="Minutes that a kill may cost.")  # fmt: skip
@click.option("--workers", type=click.IntRange(0), default=0, show_default=True,
              help="Processes of one thread each; 0 is one per core.")  # fmt: skip
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True)
@click.option("--name", default="trained", show_default=True, help="The model's name in what it translates.")
def train(recipe: Path | None, base: str | None, out: Path, minutes: float, **options: Any) -> None:
    """
    Train a Marian model by RECIPE, a TOML file; or train one further with --from.

    With both, RECIPE goes on with a model that another recipe of the same shape
    has trained, with other data or rates.

    \b
    muwazi train translate/training/builtin.toml --data corpora/ --dev dev/news --out new/ --minutes 480
    muwazi train translate/training/gpu.toml --data corpora/ --dev dev/news --out new/ --minutes 10
    muwazi train --from builtin --data corrections.tmx --mix general.tsv.gz --out mine/ --minutes 20

    Interrupt it as you like: the same command goes on. Losses and scores are in
    OUT/log.jsonl and drawn in OUT/log.svg. The result can be named at once:
    muwazi translate --model OUT/model.
    """
    if recipe is None and base is None:
        raise click.UsageError("Give a RECIPE or --from MODEL.")
    try:
        from translate.training.trainer import Pace
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f"Training needs {error.name}, which is not installed: pip install -e '.[torch]'."
        ) from error
    pace = Pace(save_every=60 * options["save_every"], score_every=60 * options["score_every"])
    if recipe is not None:
        _by_recipe(recipe, base, out, minutes, pace, options)
    else:
        _further(base or "", out, minutes, pace, options)


def _by_recipe(
    recipe: Path, base: str | None, out: Path, minutes: float, pace: "Pace", options: dict[str, Any]
) -> None:
    from translate.training import build
    from translate.training.export import export
    from translate.training.recipe import read_recipe

    if not options["development"]:
        raise click.UsageError("Training by a recipe needs --dev PREFIX, to see what it has learned.")
    if len(options["data"]) != 1:
        raise click.UsageError("Training by a recipe needs one --data FOLDER with its sources.")
    if not options["data"][0].is_dir():
        raise click.UsageError(f"There is no folder {options['data'][0]}; --data names that of the sources.")
    plan = read_recipe(recipe)
    trainer = build.prepare(
        plan,
        options["data"][0],
        build.read_development(options["development"]),
        out,
        name=options["name"],
        workers=options["workers"],
        device=_device(options["device"]),
        base=_installed(base) if base is not None else None,
        say=_say,
    )
    best, whole = _run(trainer, minutes, pace)
    if whole:
        export(best, out / "joint.model", out / "model", name=options["name"],
               normalization=build.NORMALIZATION, safe_tokens=build.SAFE_TOKENS,
               shortlist=build.read_shortlist(out))  # fmt: skip
        click.echo(f"The model is ready: muwazi translate --model {out / 'model'} FILE")


def _further(name: str, out: Path, minutes: float, pace: "Pace", options: dict[str, Any]) -> None:
    from dataclasses import replace

    from translate.training import build, tuning
    from translate.training.export import export_tuned
    from translate.training.scoring import score_model

    base = _installed(name)
    development = build.read_development(options["development"], base.normalization)
    own = tuning.gather(base, options["data"], options["mix"], development, _say)
    if not own.mixed:
        _say("Without --mix FILE of general text, what the model knew may suffer.")
    large = base.size_bytes > 200e6
    plan = tuning.tuning_recipe(own, rate=options["rate"], mix_share=options["mix_share"], large=large)
    trainer = tuning.prepare_tuning(
        base, own, plan, out, name=options["name"],
        workers=options["workers"] or build.cores(), device=_device(options["device"]), say=_say,
    )  # fmt: skip
    best, whole = _run(trainer, minutes, replace(pace, validate_every=15.0))
    if not whole:
        return
    first = trainer.progress.losses[0]["development"]
    if trainer.best_loss > first - _LEAST_GAIN:
        lost = ", what general text lost added," if own.mixed else ""
        raise BadInput(
            f"Nothing was gained: the loss on {len(own.held_out)} pairs held out was {first:.3f} before and"
            f"{lost} {trainer.best_loss:.3f} at best, and less than {_LEAST_GAIN} is as likely to be chance. "
            f"No model was written; give more data, or a lower --rate than {options['rate']:g}."
        )
    export_tuned(best, base, out / "model", name=options["name"], shortlist=tuning.tuned_shortlist(base, own))
    if base.ct2 is not None:
        before, after = score_model(base.folder, own.held_out), score_model(out / "model", own.held_out)
        _say(
            f"On {len(own.held_out)} pairs held out: BLEU {before['bleu']:.1f} before, "
            f"{after['bleu']:.1f} now; chrF {before['chrf']:.1f} before, {after['chrf']:.1f} now."
        )
    click.echo(f"The model is ready: muwazi translate --model {out / 'model'} FILE")


def _installed(name: str) -> "Model":
    from translate import models
    from translate.settings import load_settings

    settings = load_settings(os.environ, Path("muwazi.toml"))
    return models.find(name, folder=settings.models, hub_cache=settings.hub_cache)


def _run(trainer: "Trainer", minutes: float, pace: "Pace") -> tuple[Path, bool]:
    """Train with a bar on a terminal; the second value is False where the user ended it early."""
    from translate.training.build import show

    seconds = minutes * 60
    with _gentle_stop() as stopped, _bar(seconds, trainer.progress.seconds) as (tick, above):
        best = trainer.run(
            minutes,
            report=lambda progress: above(show(progress)),
            pace=pace,
            tick=tick,
            stopped=stopped,
        )
    whole = not stopped()
    if not whole:
        _say("Stopped and saved; the same command goes on from here.")
    return best, whole


@contextmanager
def _gentle_stop() -> Iterator[Callable[[], bool]]:
    """The first interrupt ends the training after its update; a second one ends the program."""
    asked: list[int] = []

    def remember(number: int, _frame: object) -> None:
        asked.append(number)
        signal.signal(number, previous[number])

    previous: dict[int, Any] = {n: signal.signal(n, remember) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def _bar(seconds: float, done: float) -> Iterator[tuple[Callable[["Progress"], None], Callable[[str], None]]]:
    """A progress bar over the time budget, and a way to print above it; plain lines where no terminal is."""
    if not sys.stderr.isatty():
        yield lambda _: None, _say
        return
    with click.progressbar(length=int(seconds), label="training", file=sys.stderr) as bar:
        bar.update(int(done))

        def tick(progress: "Progress") -> None:
            if (step := min(int(progress.seconds), int(seconds)) - bar.pos) > 0:
                bar.update(step)

        def above(line: str) -> None:
            click.echo(f"\r\033[K{line}", err=True)

        yield tick, above


def _device(chosen: str) -> str:
    if chosen == "cpu":
        return chosen
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if chosen == "cuda":
        raise BadInput("--device cuda: torch sees no GPU here. Leave --device out to train on the CPU.")
    return "cpu"


def _say(line: str) -> None:
    click.echo(line, err=True)
