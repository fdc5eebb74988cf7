"""`muwazi train`: a Marian model from parallel text, within a budget of minutes."""

from pathlib import Path

import click

from translate.errors import MissingDependency


@click.command()
@click.argument("recipe", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True,
              help="Folder with NAME.tsv[.gz] for each source: Arabic, tab, English.")  # fmt: skip
@click.option("--dev", "development", multiple=True, required=True, type=click.Path(path_type=Path),
              help="Development set PREFIX.ar and PREFIX.en; may be given more than once.")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="Checkpoints and, in model/, the result. A training found there goes on.")  # fmt: skip
@click.option(
    "--minutes", type=click.FloatRange(0, min_open=True), required=True, help="Training time in all."
)
@click.option("--name", default="trained", show_default=True, help="The model's name in what it translates.")
def train(
    recipe: Path, data: Path, development: tuple[Path, ...], out: Path, minutes: float, name: str
) -> None:
    """
    Train a Marian model by RECIPE, a TOML file; see translate/training/builtin.toml.

    Lines of the development sets are kept out of the training text. The result
    can be named at once: muwazi translate --model OUT/model.
    """
    try:
        from translate.training import build
        from translate.training.export import export
        from translate.training.recipe import read_recipe
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f"Training needs {error.name}, which is not installed: pip install -e '.[torch]'."
        ) from error
    plan = read_recipe(recipe)
    held_out = build.read_development(development)
    lines = [text for pair in held_out for text in (pair.source, pair.target)]
    sources = build.read_sources(data, plan, lines, say=lambda line: click.echo(line, err=True))
    trainer = build.prepare(plan, sources, held_out[:400], out)
    last = trainer.run(minutes, report=lambda progress: click.echo(build.show(progress), err=True))
    export(
        last,
        out / "joint.model",
        out / "model",
        name=name,
        normalization=build.NORMALIZATION,
        safe_tokens=100,
    )
    click.echo(f"The model is ready: muwazi translate --model {out / 'model'} FILE")
