"""`muwazi align`: pair the sentences of Arabic and English texts."""

import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from align.bead import ParallelText
from align.formats import FORMATS
from align.weights import Mode
from translate.errors import BadInput, MissingDependency, ModelNotFound
from translate.text import Article

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
    a.en are all "a"). Sentences that only one side has are kept, with the other
    side empty. The table goes to standard output unless -o says otherwise.

    `muwazi align learn` learns a word table or weights from your own texts;
    `muwazi align eval` scores alignments.
    """
    pairs = list(_pairs(source, target))
    if output is None and (source.is_dir() or form == "moses"):
        raise click.UsageError("Say with -o where to write: folders and Moses pairs make more than one file.")
    translator, chosen = _translator(Mode(mode) if mode else None, model)
    jobs: list[Job] = []
    for left, right in pairs:
        translations = None
        if translator is not None:
            sentences = [segment.text for segment in read(left, "ar", presplit=presplit).segments]
            translations = tuple(made.text for made in translator.translate(sentences))
        linked = words or clitics
        jobs.append(
            Job(left, right, presplit, chosen, linked, rescore, translations, lexicon, weights, clitics)
        )
    done = _run(jobs, translator)
    if len(jobs) > 1:
        with click.progressbar(done, length=len(jobs), label="Aligning", file=sys.stderr) as bar:
            for job, written in zip(jobs, _written(bar, form), strict=True):
                _save(output, job, form, written, folder=True)
        return
    for job, written in zip(jobs, _written(done, form), strict=True):
        _save(output, job, form, written, folder=source.is_dir())


def read(path: Path, language: str, *, presplit: bool) -> Article:
    """The article in a file, split by us or one sentence per line."""
    from align.bead import from_lines, split_lines
    from translate import reading

    if not presplit:
        return replace(reading.read(path), language=language)
    try:
        text = reading.decode(path.read_bytes())
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror}. Check the name and its permissions."
        ) from error
    return from_lines(split_lines(text), language=language, name=path.stem)


def run(job: Job, translator: "MarianTranslator | None" = None) -> ParallelText:
    """Read and align one pair of files; the model, where there is one, has its say in doubtful places."""
    from align.aligner import align as align_articles
    from align.lexicon import load as load_lexicon
    from align.weights import load as load_weights

    source = read(job.source, "ar", presplit=job.presplit)
    target = read(job.target, "en", presplit=job.presplit)
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


def _run(jobs: list[Job], translator: "MarianTranslator | None") -> Iterator[ParallelText]:
    if len(jobs) < _FEW:
        yield from (run(job, translator) for job in jobs)
    elif translator is None:
        with ProcessPoolExecutor(os.cpu_count()) as pool:
            yield from pool.map(run, jobs, chunksize=4)
    else:
        # A model is not copied into other processes; it shares itself between threads.
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            yield from threads.map(lambda job: run(job, translator), jobs)


def _written(texts: Iterable[ParallelText], form: str) -> Iterator[tuple[str, ...]]:
    """Each text in its format, Moses pairs as two; notes go to standard error."""
    from align.formats.plain import write_moses

    for text in texts:
        for note in text.notes:
            click.echo(f"{text.source.id or 'source'}: {note}", err=True)
        if form != "moses":
            yield (FORMATS[form].write(text),)
            continue
        source, target, nulls = write_moses(text)
        if nulls:
            click.echo(f"{nulls} sentences have no counterpart; a Moses pair cannot hold them.", err=True)
        yield source, target


def _save(output: Path | None, job: Job, form: str, written: tuple[str, ...], *, folder: bool) -> None:
    if output is None:
        click.echo(written[0], nl=False)
        return
    endings = (".ar", ".en") if form == "moses" else (FORMATS[form].suffix,)
    base = output / _name(job.source) if folder else output
    base.parent.mkdir(parents=True, exist_ok=True)
    for ending, text in zip(endings, written, strict=True):
        path = base.with_name(base.name + ending) if folder or form == "moses" else base
        path.write_text(text, encoding="utf-8", newline="\n")


def _pairs(source: Path, target: Path) -> Iterator[tuple[Path, Path]]:
    """The two files, or the files of two folders that have the same name; what has no partner is said."""
    if source.is_dir() != target.is_dir():
        raise BadInput(f"{source} and {target}: one is a folder and the other is not. Give two of a kind.")
    if not source.is_dir():
        yield source, target
        return
    lefts, rights = _by_name(source), _by_name(target)
    for name in sorted(lefts.keys() ^ rights.keys()):
        side, other = (source, target) if name in lefts else (target, source)
        click.echo(f"{name!r} of {side} has no partner in {other}; left out.", err=True)
    common = sorted(lefts.keys() & rights.keys())
    if not common:
        raise BadInput(f"No file of {source} has the name of one in {target}; nothing to align.")
    for name in common:
        yield lefts[name], rights[name]


def _by_name(folder: Path) -> dict[str, Path]:
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith(".")]
    return {_name(path): path for path in files}


def _name(path: Path) -> str:
    """The file's name without .txt, .html, .htm, and a language before it."""
    stem = path.name
    for ending in (".txt", ".html", ".htm"):
        stem = stem.removesuffix(ending)
    for language in (".ar", ".en"):
        stem = stem.removesuffix(language)
    return stem


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
