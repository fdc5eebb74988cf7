"""The `muwazi` command: a lazy group over the packages' own command lines."""

import sys
from importlib import import_module

import click

from translate.errors import MuwaziError

COMMANDS = {
    "translate": ("translate.cli:translate", "Translate Arabic text, files or folders into English."),
    "model": ("translate.model_cli:model", "List, fetch, convert, inspect and remove models."),
}


class LazyGroup(click.Group):
    """
    Subcommands are imported when they run, so that `--help` is quick.

    The one place where a MuwaziError becomes a message and an exit code.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except MuwaziError as error:
            click.echo(f"muwazi: {error}", err=True)
            sys.exit(1)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="muwazi", prog_name="muwazi")
def main() -> None:
    """Muwazi translates Arabic articles into English, sentence by sentence."""


if __name__ == "__main__":
    main()
