"""The `muwazi` command: a lazy group over the packages' own command lines."""

import sys

import click

from translate.commands import LazyGroup
from translate.errors import MuwaziError

COMMANDS = {
    "translate": ("translate.cli:translate", "Translate Arabic text, files or folders into English."),
    "align": (
        "align.cli:align",
        "Pair the sentences of Arabic and English texts.",
    ),
    "eval": ("eval.cli:evaluate", "Score translations, alignments and splitters; write reports."),
    "serve": ("web.cli:serve", "Serve the reader for browsers and the translate endpoint for programs."),
    "export": ("web.export_cli:export", "Export the library's articles: TMX, XLIFF, DOCX, EPUB and more."),
    "db": ("web.db_cli:db", "Back up, restore, upgrade or check the library's database."),
    "key": ("web.keys:key", "Add, list and remove the API keys of the server."),
    "corpus": ("translate.training.corpus_cli:corpus", "Clean, mix and roughen parallel text to train on."),
    "train": ("translate.training.cli:train", "Train a Marian model from parallel text."),
    "model": ("translate.model_cli:model", "List, fetch, convert, inspect and remove models."),
}


class Muwazi(LazyGroup):
    """The one place where a MuwaziError or Ctrl-C becomes a message and an exit code."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # Scoring lives in eval, above align; people look for it beside the aligner too.
        if args[:2] == ["align", "eval"]:
            args = ["eval", "align", *args[2:]]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except MuwaziError as error:
            click.echo(f"muwazi: {error}", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("muwazi: stopped.", err=True)
            sys.exit(130)  # 128 and the signal's number, as shells have it.


@click.group(cls=Muwazi, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="muwazi", prog_name="muwazi")
def main() -> None:
    """Muwazi translates Arabic articles into English, sentence by sentence, and pairs parallel texts."""


if __name__ == "__main__":
    main()
