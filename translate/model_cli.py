"""`muwazi model`: which models there are, and getting, converting, inspecting and removing them."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from translate import installation, models
from translate.conversion import QUANTIZATIONS
from translate.errors import BadInput, MissingDependency, ModelError
from translate.models import Metadata, Model
from translate.settings import Settings, load_settings

if TYPE_CHECKING:
    from translate.hub import Offer, Progress


@click.group()
@click.option(
    "--models",
    "folder",
    type=click.Path(path_type=Path),
    help="Where models are installed.  [default: MUWAZI_MODELS, or ~/.local/share/muwazi/models]",
)
@click.pass_context
def model(context: click.Context, folder: Path | None) -> None:
    """List, fetch, convert, inspect and remove models. Only `fetch` uses the network."""
    context.obj = load_settings(os.environ, Path("muwazi.toml"), models=folder)


@model.command("list")
@click.pass_obj
def list_models(settings: Settings) -> None:
    """Show the installed models; * marks the one used where none is named."""
    found = models.installed(settings.models)
    chosen = models.installed_name(settings.model)
    default = chosen or (models.best(settings.models).name if found else "")
    rows = [("", "NAME", "REVISION", "SIZE", "LICENCE", "BLEU")]
    for entry in found:
        mark = "*" if entry.name == default else ""
        quality = "" if entry.quality is None else f"{entry.quality:.1f}"
        rows.append(
            (mark, entry.name, entry.revision[:12], _size(entry.size_bytes), entry.licence or "?", quality)
        )
    if len(rows) > 1:
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
            click.echo("  ".join(cells).rstrip())
    else:
        click.echo(f"No model is installed in {settings.models}. Fetch one with: muwazi model fetch NAME")
    for name, error in models.damaged(settings.models).items():
        click.echo(f"{name} cannot be used: {error}", err=True)


@model.command()
@click.argument("name")
@click.option("--revision", default="main", show_default=True, help="A branch, tag or commit of the model.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask before downloading.")
@click.option(
    "--endpoint",
    envvar="HF_ENDPOINT",
    show_envvar=True,
    help="Another hub or a mirror.  [default: https://huggingface.co]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=10.0,
    show_default=True,
    help="Longest wait for the hub, in seconds.",
)
@click.pass_obj
def fetch(
    settings: Settings, name: str, revision: str, yes: bool, endpoint: str | None, timeout: float
) -> None:
    """
    Download NAME from the Hugging Face hub and make it ready to use.

    NAME is for example Helsinki-NLP/opus-mt-ar-en; the owner may be left out
    where it is Helsinki-NLP. A download that breaks off goes on where it
    stopped. HF_TOKEN is used for models that need one.
    """
    from translate import hub

    endpoint, token = endpoint or hub.ENDPOINT, os.environ.get("HF_TOKEN")
    found = hub.ask(name, endpoint=endpoint, revision=revision, token=token, timeout=timeout)
    if not yes:
        licence = found.licence or "unknown"
        question = f"Fetch {found.name} from {endpoint} ({_size(found.size)}, licence {licence})?"
        click.confirm(question, default=True, abort=True, err=True)
    _download(settings, found, endpoint, timeout)


def _download(settings: Settings, offer: "Offer", endpoint: str, timeout: float) -> None:
    from translate import hub

    with _bar(offer.size) as progress:
        got = hub.fetch(
            offer.name,
            folder=settings.models,
            endpoint=endpoint,
            revision=offer.revision,
            token=os.environ.get("HF_TOKEN"),
            timeout=timeout,
            progress=progress,
        )
    click.echo(f"{got.label} is installed in {got.folder} ({_size(got.size_bytes)}).")


@model.command()
@click.argument("name")
@click.option("--endpoint", envvar="HF_ENDPOINT", show_envvar=True, help="Another hub or a mirror.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), default=3.0, show_default=True)
@click.pass_obj
def offer(settings: Settings, name: str, endpoint: str | None, timeout: float) -> None:
    """
    Try once to fetch NAME where a better model is not installed; never fail.

    Says which model is in use and what NAME would give. Asks first on a
    terminal; MUWAZI_FETCH=no says no beforehand, MUWAZI_FETCH=yes says yes.
    """
    from translate import hub

    best = models.best(settings.models)
    named = models.hub_name(name)
    known = models.PUBLISHED.get(named, {}).get("flores200-devtest")
    gain = f"BLEU {known:.1f} on FLORES-200 devtest" if known else "quality unknown"
    wish = os.environ.get("MUWAZI_FETCH", "").casefold()
    if best.origin.startswith(named) or (best.quality or 0) >= (known or 0):
        click.echo(_in_use(best))
        return
    if wish in {"no", "0", "false", "never"}:
        click.echo(f"{_in_use(best)} {named} ({gain}) is not fetched: MUWAZI_FETCH={wish}.")
        return
    try:
        endpoint = endpoint or hub.ENDPOINT
        found = hub.ask(named, endpoint=endpoint, token=os.environ.get("HF_TOKEN"), timeout=timeout)
        question = f"{_in_use(best)}\nFetch {named} ({gain}, {_size(found.size)}, {found.licence or '?'})?"
        if wish not in {"yes", "1", "true"} and sys.stdin.isatty():
            if not click.confirm(question, default=True, err=True):
                click.echo("Not fetched. To stop being asked: MUWAZI_FETCH=no.")
                return
        else:
            click.echo(f"Fetching {named} ({gain}, {_size(found.size)}); MUWAZI_FETCH=no prevents it.")
        _download(settings, found, endpoint, timeout=30)
    except ModelError as error:
        click.echo(f"{_in_use(best)} {named} ({gain}) could not be fetched: {error}")


def _in_use(best: Model) -> str:
    quality = "" if best.quality is None else f", BLEU {best.quality:.1f}"
    return f"Translating with {best.label} ({_size(best.size_bytes)}{quality})."


@model.command()
@click.argument("name", metavar="FOLDER")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="Write a CTranslate2 folder of its own here.  [default: FOLDER/ct2]",
)
@click.option(
    "--quantization",
    type=click.Choice(QUANTIZATIONS),
    default="int8",
    show_default=True,
    help="How the weights are stored.",
)
@click.pass_obj
def convert(settings: Settings, name: str, output: Path | None, quantization: str) -> None:
    """
    Convert the Hugging Face Marian model in FOLDER for the fast engine.

    FOLDER may also be the name of an installed model, or of one in the Hugging
    Face cache; the latter is installed, since the cache belongs to others.
    """
    found = models.find(name, folder=settings.models, hub_cache=settings.hub_cache)
    if output is None and settings.hub_cache and found.folder.is_relative_to(settings.hub_cache):
        found = installation.adopt(found, folder=settings.models, name=models.hub_name(name))
        click.echo(f"{found.label} is installed in {found.folder}.")
    else:
        written = installation.convert_model(found, output, quantization=quantization)
        click.echo(f"{found.label} is converted ({quantization}) in {written}.")


@model.command()
@click.argument("parts", metavar="MODEL[=WEIGHT]...", nargs=-1, required=True)
@click.option(
    "--output", "-o", type=click.Path(file_okay=False, path_type=Path), required=True, help="The new folder."
)
@click.option("--name", default="mean", show_default=True, help="The model's name in what it translates.")
@click.pass_obj
def average(settings: Settings, parts: tuple[str, ...], output: Path, name: str) -> None:
    """
    Make one model of several: the mean of their weights.

    They must have been trained on from the same one (`muwazi train --from`).
    The mean of the model from before and of one or two from after is often
    better than any of them; score it with `muwazi eval run --model FOLDER`.
    """
    try:
        from translate.training import averaging
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f"A mean needs {error.name}, which is not installed: pip install -e '.[torch]'."
        ) from error
    if output.exists():
        raise BadInput(f"{output} is there already. Name another folder, or remove it.")
    found = [_weighed(settings, part) for part in parts]
    averaging.average(found, output, name=name)
    click.echo(f"The model is ready: muwazi translate --model {output} FILE")


def _weighed(settings: Settings, part: str) -> tuple[Model, float]:
    """A model and its weight, from ``NAME`` or ``NAME=WEIGHT``."""
    name, sign, number = part.rpartition("=")
    if not sign:
        name, number = part, "1"
    try:
        weight = float(number)
    except ValueError as error:
        raise BadInput(f"{part!r}: {number!r} is no number. Write MODEL=2, for example.") from error
    return models.find(name, folder=settings.models, hub_cache=settings.hub_cache), weight


@model.command()
@click.argument("name")
@click.option("--yes", "-y", is_flag=True, help="Do not ask before deleting.")
@click.pass_obj
def remove(settings: Settings, name: str, yes: bool) -> None:
    """Delete the installed model NAME, and what an unfinished fetch of it left."""
    if not yes and name != models.BUILTIN:
        click.confirm(f"Delete {name} from {settings.models}?", abort=True, err=True)
    installation.remove(name, folder=settings.models)
    click.echo(f"{name} is removed.")


@model.command()
@click.argument("name")
@click.pass_obj
def info(settings: Settings, name: str) -> None:
    """Show all that is known about the model NAME, and compare its files with their sha256."""
    found = models.find(name, folder=settings.models, hub_cache=settings.hub_cache)
    metadata = Metadata.read(found.folder)
    for key, value in _facts(found, metadata):
        click.echo(f"{key:14}{value}")
    checked = models.verify(found)
    digests = metadata.sha256 if metadata else {}
    click.echo(
        f"{'integrity':14}" + (f"{len(checked)} files are as recorded" if checked else "nothing recorded")
    )
    for file in checked:
        click.echo(f"  {file}  {digests.get(file, '')}".rstrip())


def _facts(found: Model, metadata: Metadata | None) -> Iterator[tuple[str, str]]:
    yield "name", found.name
    yield "revision", found.revision
    yield "origin", found.origin or "unknown"
    yield "licence", found.licence or "unknown"
    yield "direction", f"{metadata.source}→{metadata.target}" if metadata else "ar→en"
    quality = metadata.quality if metadata else {}
    yield "BLEU", ", ".join(f"{value:.1f} on {test}" for test, value in quality.items()) or "not measured"
    rules = found.normalization
    yield (
        "normalization",
        f"diacritics {'kept' if rules.diacritics else 'dropped'}, "
        f"punctuation {'Latin' if rules.latin_punctuation else 'Arabic'}, "
        f"digits {'0-9' if rules.digits else 'as written'}",
    )
    yield "prefix", " ".join(found.prefix) or "none"
    yield "placeholders", " ".join(found.placeholders) or "none"
    yield "safe length", f"{found.safe_tokens} pieces"
    yield "folder", str(found.folder)
    forms = [("CTranslate2", found.ct2), ("Hugging Face Marian", found.marian)]
    yield "forms", ", ".join(form for form, place in forms if place)
    yield "size", _size(found.size_bytes)


@contextmanager
def _bar(total: int) -> "Iterator[Progress | None]":
    """A progress bar on standard error; none where that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return

    def shown(file: str | None) -> str | None:
        return file

    bar: Any
    with click.progressbar(length=total, file=sys.stderr, item_show_func=shown) as bar:

        def progress(file: str, done: int, _: int) -> None:
            bar.update(done - bar.pos, file)

        yield progress


def _size(count: int) -> str:
    """Bytes as people read them, in powers of 1000."""
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1_000_000:.0f} MB"
