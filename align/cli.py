"""`muwazi align`: pair the sentences of Arabic and English texts."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from align.bead import ParallelText
from align.files import article_in, paired, places_for
from align.formats import FORMATS
from align.weights import Mode
from translate.errors import BadInput, MissingDependency, ModelNotFound, MuwaziError

if TYPE_CHECKING:
    from translate.translator import MarianTranslator

_FEW = 8  # Fewer pairs than this are not worth starting processes for.


@dataclass(frozen=True, slots=True)
class Job:
    """Two files to align and how; ``translations`` where the mode is mt, files where not ours are used."""

    source: Path
    target: Path
    presplit: bool
    mode: Mode
    words: bool
    rescore: bool
    translations: tuple[str, ...] | None = None
    lexicon: Path | None = None
    weights: Path | None = None
    clitics: bool = False


class AlignOrLearn(click.Command):
    """`align learn …` is a command of its own; a file of that name is ./learn."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        if args[:1] != ["learn"]:
            return super().make_context(info_name, args, parent, **extra)
        from align.learning_cli import learn

        return learn.make_context(f"{info_name} learn", args[1:], parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        return super().invoke(ctx) if ctx.command is self else ctx.command.invoke(ctx)


@click.command(cls=AlignOrLearn)
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="tsv", show_default=True,
              help="ladder: one bead per line, [0]:[1, 2]; json loses nothing.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path),
              help="A file; for moses a name that gets two endings; for folders a folder.")  # fmt: skip
@click.option("--mode", type=click.Choice([mode.value for mode in Mode]),
              help="What to go by: our own translation as well, words and numbers, or lengths alone.  "
              "[default: mt where a model is installed, else lexical]")  # fmt: skip
@click.option("--words", is_flag=True, help="Link the words inside each pair too (kept in json only).")
@click.option("--clitics", is_flag=True,
              help="The same, and by themselves the parts attached to Arabic words.")  # fmt: skip
@click.option("--rescore/--no-rescore", default=True, show_default=True,
              help="In mode mt: ask the model about pairings that remain in doubt.")  # fmt: skip
@click.option("--presplit", is_flag=True, help="The files hold one sentence per line already.")
@click.option("--model", help="The model to translate with in mode mt.")
@click.option("--lexicon", type=click.Path(path_type=Path, exists=True), help="A word table of your own.")
@click.option("--weights", type=click.Path(path_type=Path, exists=True),
              help="Weights of evidence of your own.")  # fmt: skip
def align(
    source: Path, target: Path, form: str, output: Path | None, mode: str | None, words: bool, clitics: bool,
    rescore: bool, presplit: bool, model: str | None, lexicon: Path | None, weights: Path | None,
) -> None:  # fmt: skip
    """
    Pair the sentences of an Arabic SOURCE with those of its English TARGET.

    Both are files, or folders whose files are paired by name (a.ar.txt, a.txt and
    a.en are all "a"); one folder may hold both sides. A pair that fails is reported and
    the others are still done: then the exit code is 1. Sentences that only one side has
    are kept, with the other side empty. The table goes to standard output unless -o says
    otherwise.

    `muwazi align learn` learns a word table or weights from your own texts;
    `muwazi align eval` scores alignments.
    """
    if output is None and (source.is_dir() or form == "moses"):
        raise click.UsageError("Say with -o where to write: folders and Moses pairs make more than one file.")
    pairs = list(paired(source, target))
    places = places_for(output, pairs, form, folder=source.is_dir())
    _check_own(lexicon, weights)
    translator, chosen = _translator(Mode(mode) if mode else None, model)
    jobs: list[Job] = []
    for left, right in pairs:
        translations = _translations(translator, left, presplit) if translator is not None else None
        linked = words or clitics
        jobs.append(
            Job(left, right, presplit, chosen, linked, rescore, translations, lexicon, weights, clitics)
        )
    failed = False
    several = len(jobs) > 1
    done = _run(jobs, translator)
    with click.progressbar(
        done, length=len(jobs), label="Aligning", file=sys.stderr, hidden=not several
    ) as bar:
        for files, made in zip(places, bar, strict=True):
            if isinstance(made, ParallelText):
                _save(files, _written(made, form))
            elif several:
                click.echo(f"muwazi: {made}", err=True)
                failed = True
            else:
                raise made
    if failed:
        sys.exit(1)


def run(job: Job, translator: "MarianTranslator | None" = None) -> ParallelText:
    """Read and align one pair of files; the model, where there is one, has its say in doubtful places."""
    from align.aligner import align as align_articles
    from align.lexicon import load as load_lexicon
    from align.weights import load as load_weights

    source = article_in(job.source, "ar", presplit=job.presplit)
    target = article_in(job.target, "en", presplit=job.presplit)
    lexicon = load_lexicon(job.lexicon) if job.lexicon else None
    text = align_articles(
        source,
        target,
        translations=job.translations,
        mode=job.mode,
        lexicon=lexicon,
        weights=load_weights(job.weights) if job.weights else None,
        translator=translator if job.rescore else None,
    )
    if job.words:
        from align.words import link

        text = link(text, lexicon, translator, clitics=job.clitics)
    return text


def _attempt(job: Job, translator: "MarianTranslator | None" = None) -> ParallelText | MuwaziError:
    """What :func:`run` returns or raises, so that one bad pair does not end the others."""
    try:
        return run(job, translator)
    except MuwaziError as error:
        return error


def _run(jobs: list[Job], translator: "MarianTranslator | None") -> Iterator[ParallelText | MuwaziError]:
    if len(jobs) < _FEW:
        yield from (_attempt(job, translator) for job in jobs)
    elif translator is None:
        with ProcessPoolExecutor(os.cpu_count()) as pool:
            yield from pool.map(_attempt, jobs, chunksize=4)
    else:
        # A model is not copied into other processes; it shares itself between threads.
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            yield from threads.map(lambda job: _attempt(job, translator), jobs)


def _check_own(lexicon: Path | None, weights: Path | None) -> None:
    """Raise BadInput for a word table or weights that are none, once and not for every pair."""
    from align.lexicon import load as load_lexicon
    from align.weights import load as load_weights

    if lexicon is not None:
        load_lexicon(lexicon)
    if weights is not None:
        load_weights(weights)


def _translations(translator: "MarianTranslator", path: Path, presplit: bool) -> tuple[str, ...] | None:
    """Our English for each sentence of a file; None for one that cannot be read: `run` says so."""
    try:
        sentences = [segment.text for segment in article_in(path, "ar", presplit=presplit).segments]
    except BadInput:
        return None
    return tuple(made.text for made in translator.translate(sentences))


def _written(text: ParallelText, form: str) -> tuple[str, ...]:
    """A text in its format, a Moses pair as two; notes go to standard error."""
    from align.formats.plain import write_moses

    for note in text.notes:
        click.echo(f"{text.source.id or 'source'}: {note}", err=True)
    if form != "moses":
        return (FORMATS[form].write(text),)
    source, target, nulls = write_moses(text)
    if nulls:
        click.echo(f"{nulls} sentences have no counterpart; a Moses pair cannot hold them.", err=True)
    return source, target


def _save(places: tuple[Path, ...], written: tuple[str, ...]) -> None:
    if not places:
        click.echo(written[0], nl=False)
    for path, text in zip(places, written, strict=False):
        try:
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise BadInput(f"Cannot write {path}: {error.strerror}. Choose another place with -o.") from error


def _translator(mode: Mode | None, model: str | None) -> "tuple[MarianTranslator | None, Mode]":
    """What translates, and the mode: mt where it was asked for or is possible; says so when it chose."""
    if mode not in {None, Mode.MT}:
        return None, Mode(mode)
    try:
        from translate import load

        translator = load(model or "")
    except (ModelNotFound, MissingDependency, ImportError):
        if mode is Mode.MT or model:
            raise
        click.echo(
            "No translation model is installed: aligning by words, numbers, names and length.", err=True
        )
        return None, Mode.LEXICAL
    if mode is None:
        click.echo(
            f"Aligning by our own translation with {translator.name}, words, numbers and length.", err=True
        )
    return translator, Mode.MT
