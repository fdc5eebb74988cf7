"""`muwazi translate`: files, folders or standard input into English."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, Self

import click

from translate.errors import BadInput, MuwaziError
from translate.output import FORMATS, SUFFIXES, render
from translate.places import check_place
from translate.settings import COMPUTE_TYPES, DEVICES, ENGINES
from translate.text import Article, TranslatedArticle, Translation

_STREAMED = {"text", "jsonl"}  # Written article by article; the other forms need them all.


@click.command()
@click.argument("files", nargs=-1, metavar="[FILES…|-]")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True,
              help="Side by side in all but text.")  # fmt: skip
@click.option("-o", "--output", help="A file, or a folder for one file per input.")
@click.option("--furniture", type=click.Choice(["skip", "keep"]), default="skip", show_default=True,
              help="Translate page furniture too: comment forms, related headlines, notices.")  # fmt: skip
@click.option("--model", help="A model's name, a hub name or a folder.  [default: the best installed]")
@click.option("--engine", type=click.Choice(ENGINES), help="[default: ct2]")
@click.option("--device", type=click.Choice(DEVICES), help="[default: auto]")
@click.option("--compute-type", type=click.Choice(COMPUTE_TYPES), help="[default: auto]")
@click.option("--beam", type=click.IntRange(1, 32), help="Hypotheses kept while searching; 1 is greedy.")
@click.option("--threads", type=click.IntRange(0), help="CPU threads in all; 0 is one per core.")
def translate(files: tuple[str, ...], form: str, output: str | None, furniture: str, **settings: Any) -> None:
    """
    Translate Arabic text into English.

    FILES are text or HTML files, or folders of them; - or nothing is standard
    input. English goes to standard output unless -o says otherwise. An input
    that fails is reported and the others are still done: then the exit code is 1.
    """
    from translate import load, reading
    from translate.translator import fill, wanted

    if not files and sys.stdin.isatty():
        raise click.UsageError("Give files or folders to translate, or text on standard input.")
    articles: list[Article] = []
    failed = False
    inputs: list[Path | str] = []
    for name in files or ("-",):
        try:
            inputs += ["-"] if name == "-" else reading.files([Path(name)])
        except MuwaziError as error:
            failed = _report(error)
    for path in inputs:
        try:
            articles.append(reading.require_arabic(reading.read(path)))
        except MuwaziError as error:
            failed = _report(error)
    several = len(inputs) > 1 or any(Path(name).is_dir() for name in files if name != "-")
    output = None if output == "-" else output
    places = [] if output is None else _places(articles, form, output, inputs)
    done: list[TranslatedArticle] = []
    progress = _Progress(sum(len(wanted(article, furniture=furniture == "keep")) for article in articles))
    translator = load(**settings) if articles else None
    with progress:
        if translator:
            stream = (s.text for article in articles for s in wanted(article, furniture=furniture == "keep"))
            made = progress.follow(translator.translate(stream))
            with progress.bar:
                for article in articles:
                    done.append(fill(article, made, furniture=furniture == "keep"))
                    if output is None and form in _STREAMED:
                        gap = "\n" if form == "text" and len(done) > 1 else ""
                        _print(gap + render(done[-1:], form, several=several))
                    if progress.interrupted:
                        break
                    _tell_left_out(done[-1], form)
            if form == "text":  # The other forms carry the model's name themselves.
                click.echo(f"muwazi: translated by {translator.name}", err=True)
        if output is not None and done:
            _write(done, form, output, places, several)
        elif done and form not in _STREAMED:
            _print(render(done, form, several=several))
        if progress.interrupted:
            _stop(f"muwazi: stopped; {len(done)} of {len(articles)} inputs are written, the last in part.")
    if failed:
        sys.exit(1)


class _Progress:
    """A bar on standard error, where that is a terminal, and the news that somebody pressed Ctrl-C."""

    def __init__(self, sentences: int) -> None:
        self.interrupted = False
        self._decoding = False
        self._previous: Any = signal.SIG_DFL
        self.bar = click.progressbar(
            length=sentences, label="Translating", file=sys.stderr, hidden=not sys.stderr.isatty()
        )

    def __enter__(self) -> Self:
        self._previous = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, *_error: object) -> None:
        signal.signal(signal.SIGINT, self._previous)

    def follow(self, made: Iterator[Translation]) -> Iterator[Translation]:
        """The same translations; Ctrl-C ends them early, so that what is finished can be written."""
        try:
            while not self.interrupted:
                self._decoding = True
                translation = next(made, None)
                self._decoding = False
                if translation is None:
                    return
                yield translation
                self.bar.update(1)
        except KeyboardInterrupt:
            return

    def _interrupt(self, _signal: int, _frame: object) -> None:
        """Break off decoding, which is long; let writing, which is short, come to its end."""
        decoding, self._decoding = self._decoding, False
        self.interrupted = True
        if decoding:
            raise KeyboardInterrupt


def _tell_left_out(made: TranslatedArticle, form: str) -> None:
    """The text form does not show what was taken for furniture; an article of it alone is odd in any form."""
    every = len(made.article.segments)
    left = made.translations.count(None)
    if left and (form == "text" or left == every):
        which = f"all {every} segments look" if left == every else f"{left} of {every} segments look"
        told = f"{which} like page furniture and were left out; --furniture keep translates them."
        click.echo(f"muwazi: {made.article.id}: {told}", err=True)


def _stop(message: str) -> NoReturn:
    """Leave at once: CTranslate2's workers would finish their batches before an orderly exit."""
    click.echo(message, err=True)
    sys.stdout.flush()
    os._exit(130)


def _report(error: MuwaziError) -> bool:
    click.echo(f"muwazi: {error}", err=True)
    return True


def _print(text: str) -> None:
    # A lone surrogate in the source must not keep the rest from being printed.
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    with suppress(BrokenPipeError):
        sys.stdout.flush()


def _places(articles: Sequence[Article], form: str, output: str, inputs: Sequence[Path | str]) -> list[Path]:
    """
    Where the translations go: one file for all, or one for each article in a folder, which is made.

    Raises BadInput as :func:`translate.places.check_place` does, before any work.
    """
    place = Path(output)
    in_folder = place.is_dir() or output.endswith(("/", os.sep))
    places = [place / name for name in _names(articles, form)] if in_folder else [place]
    for each in places:
        check_place(each, [Path(path) for path in inputs if path != "-"])
    return places


def _names(articles: Sequence[Article], form: str) -> list[str]:
    """A file name for each; numbered where two inputs have one name, such as a.txt and a.html."""
    names: list[str] = []
    for article in articles:
        stem = name = Path(article.id).name
        count = 1
        while name + SUFFIXES[form] in names:
            count += 1
            name = f"{stem}-{count}"
        names.append(name + SUFFIXES[form])
    return names


def _write(
    done: Sequence[TranslatedArticle], form: str, output: str, places: Sequence[Path], several: bool
) -> None:
    try:
        if not Path(output).is_dir():
            _replace(places[0], render(done, form, several=several))
            return
        for article, place in zip(done, places, strict=False):  # Ctrl-C may have left some undone.
            _replace(place, render([article], form, several=False))
    except OSError as error:
        raise BadInput(f"Cannot write {output}: {error.strerror}. Choose another place with -o.") from error


def _replace(path: Path, text: str) -> None:
    """Write beside and rename, so that a full disk never leaves half a file under the name."""
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_bytes(text.encode("utf-8", "backslashreplace"))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
