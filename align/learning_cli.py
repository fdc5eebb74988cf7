"""`muwazi align learn`: a word table from parallel text, or weights of evidence from gold alignments."""

from pathlib import Path

import click

from translate.errors import BadInput


@click.command()
@click.argument("texts", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--gold", is_flag=True, help="Learn weights from folders of gold alignments instead.")
@click.option("--model", help="With --gold: learn the weights of mode mt too, by this model's translations.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The file to write.")
def learn(texts: tuple[Path, ...], gold: bool, model: str | None, output: Path) -> None:
    """
    Learn a lexicon from TEXTS, files of Arabic<TAB>English lines; use it with `align --lexicon FILE`.

    With --gold, TEXTS are folders of NAME.ar and NAME.en, one sentence per line,
    and NAME.gold, their beads as a ladder ([0]:[1, 2] a line): learn how much
    each kind of evidence weighs; use it with `align --weights FILE`. Ours were
    learned from 49 news documents.
    """
    if gold:
        _learn_weights(texts, model, output)
    else:
        _learn_lexicon(texts, output)


def _learn_lexicon(texts: tuple[Path, ...], output: Path) -> None:
    from align.files import text_in
    from align.formats.plain import read_tsv
    from align.lexicon_training import learn as learn_lexicon
    from translate.places import check_place

    check_place(output, texts)
    pairs = []
    for path in texts:
        if path.is_dir():
            raise BadInput(f"{path} is a folder; a lexicon is learned from files. For gold folders: --gold.")
        text = text_in(path)
        try:
            pairs += [(source, target) for _, source, target in read_tsv(text)]
        except BadInput as error:
            raise BadInput(f"{path}: {error}") from error
    lexicon = learn_lexicon(pairs)
    lexicon.save(output)
    click.echo(f"{len(lexicon.source_ids)} Arabic and {len(lexicon.target_ids)} English keys in {output}.")


def _learn_weights(folders: tuple[Path, ...], model: str | None, output: Path) -> None:
    from align.bead import check_cover
    from align.files import article_in, text_in
    from align.formats.plain import read_ladder
    from align.weights import save
    from align.weights_training import learn as learn_weights
    from translate.places import check_place

    check_place(output, ())
    documents = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.gold"))):
        source, target = (
            article_in(path.with_suffix(f".{side}"), side, presplit=True) for side in ("ar", "en")
        )
        text = text_in(path)
        try:
            beads = read_ladder(text)
            check_cover(beads, len(source.segments), len(target.segments))
        except BadInput as error:
            raise BadInput(f"{path}: {error}") from error
        documents.append((source, target, beads))
    translations = None
    if model is not None:
        from translate import load

        translator = load(model)
        translations = [
            [made.text for made in translator.translate(segment.text for segment in source.segments)]
            for source, _, _ in documents
        ]
    save(learn_weights(documents, translations), output)
    click.echo(f"Weights from {len(documents)} documents in {output}.")
